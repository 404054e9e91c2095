import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:http2'
import { afterEach, test } from 'node:test'
import type { ProxyNode } from '@isthmus/control-plane/model/index.ts'
import { frameStart } from '@isthmus/control-plane/xds/framing.ts'
import { XdsServer } from '@isthmus/control-plane/xds/server.ts'
import { IsthmusError } from '@isthmus/errors'

const cleanup: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const task of cleanup.splice(0).reverse()) await task()
})

const node = { id: 'sidecar~10.0.0.1~a.b~b.svc.cluster.local' } as ProxyNode

/** A method that answers each message with itself, once the client was let in, and what was closed. */
async function serve(): Promise<{ port: number; closed: string[] }> {
  const closed: string[] = []
  const server = new XdsServer({
    open: () => ({ snapshot: () => undefined, close: () => {} }),
    limits: { requestBytes: 100 },
    authenticate: async headers => {
      if (headers.authorization !== 'Bearer right') throw new IsthmusError('ISM3013', 'that token is of another pod')
    },
  })
  server.register('/test.Echo/Echo', call => ({
    message(bytes) {
      if (bytes[0] === 0) throw new Error('a secret')
      call.authenticate(node).then(
        () => call.send(bytes),
        error => call.fail(error),
      )
    },
    closed: () => void closed.push(call.peer),
  }))
  const port = await server.listen(0, '127.0.0.1')
  cleanup.push(() => server.close())
  return { port, closed }
}

async function ask(port: number, message: Uint8Array, token = 'Bearer right') {
  const session = connect(`http://127.0.0.1:${port}`)
  cleanup.push(() => session.destroy())
  const stream = session.request({
    ':method': 'POST',
    ':path': '/test.Echo/Echo',
    'content-type': 'application/grpc',
    authorization: token,
  })
  stream.write(Buffer.concat([frameStart(message.length, 0), message]))
  const pieces: Buffer[] = []
  const result: { text: string; status?: unknown; words?: unknown } = { text: '' }
  const note = (h: Record<string, unknown>) => {
    if (h['grpc-status'] === undefined) return
    result.status = h['grpc-status']
    result.words = h['grpc-message']
  }
  stream.on('response', note)
  stream.on('trailers', note)
  stream.on('data', piece => {
    pieces.push(piece)
    stream.end()
  })
  await once(stream, 'end')
  result.text = Buffer.concat(pieces).toString('latin1')
  return result
}

test('another gRPC method on the same server: messages in, messages out, closed once', async () => {
  const { port, closed } = await serve()
  const { text, status } = await ask(port, Buffer.from('hello'))
  assert.equal(text, '\0\0\0\0\x05hello')
  assert.equal(status, '0')
  assert.equal(closed.length, 1)
})

test('who may not speak for the node is told so, a failure tells nothing of itself', async () => {
  const { port, closed } = await serve()
  const stranger = await ask(port, Buffer.from('hello'), 'Bearer wrong')
  assert.equal(stranger.status, '16')
  assert.match(String(stranger.words), /ISM3013.*another pod/)
  const broken = await ask(port, Buffer.from([0]))
  assert.deepEqual([broken.status, broken.words], ['13', 'internal error'])
  const large = await ask(port, Buffer.alloc(101))
  assert.equal(large.status, '8')
  assert.match(String(large.words), /ISM3011/)
  assert.equal(closed.length, 3)
})
