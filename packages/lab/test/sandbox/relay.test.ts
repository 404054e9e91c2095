import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Listeners } from '@isthmus/lab/sandbox/listeners.ts'
import { startRelay } from '@isthmus/lab/sandbox/relay.ts'

/* Both ends of the relay in one process: a port of this machine, a unix socket, a target. */

const folder = mkdtempSync(join(tmpdir(), 'isthmus-relay-'))
const path = join(folder, 'relay.sock')
const listeners = new Listeners(path)
const targets = new Map<string, { host: string; port: number }[]>()
let relay: Server
/** Says back what it got once the sender has finished: needs a stream that may be half closed. */
const echo = createServer({ allowHalfOpen: true }, socket => {
  const parts: Buffer[] = []
  socket.on('data', data => parts.push(data))
  socket.on('end', () => socket.end(Buffer.concat(parts)))
  socket.on('error', () => {})
})
let echoPort = 0

before(async () => {
  relay = await startRelay(path, forward => {
    const list = targets.get(forward)
    return list && (() => list)
  })
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  echoPort = (echo.address() as { port: number }).port
})
after(async () => {
  await listeners.close()
  relay.close()
  echo.close()
  rmSync(folder, { recursive: true, force: true })
})

function exchange(port: number, body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.end(body))
    const parts: Buffer[] = []
    socket.on('data', data => parts.push(data))
    socket.once('end', () => resolve(Buffer.concat(parts)))
    socket.once('error', reject)
  })
}

test('bytes go through unchanged, many at once, and a half-closed stream stays so', async () => {
  targets.set('echo', [{ host: '127.0.0.1', port: echoPort }])
  const { port } = await listeners.listen({ forward: 'echo', address: '127.0.0.1', ports: [0] })
  const bodies = [Buffer.from('hello'), Buffer.alloc(3_000_000, 'x'), Buffer.from('{"a":1}\nsecond line\n')]
  const answers = await Promise.all(bodies.map(body => exchange(port, body)))
  assert.deepEqual(
    answers.map(a => a.length),
    bodies.map(b => b.length),
  )
  assert.ok(answers[2]!.equals(bodies[2]!))
})

test('a target that refuses gives way to the next', async () => {
  targets.set('two', [
    { host: '127.0.0.1', port: 1 },
    { host: '127.0.0.1', port: echoPort },
  ])
  const { port } = await listeners.listen({ forward: 'two', address: '127.0.0.1', ports: [0] })
  assert.equal((await exchange(port, Buffer.from('hi'))).toString(), 'hi')
})

test('where nobody is the client sees a reset, as does one of a forward that was never registered', async () => {
  targets.set('nobody', [])
  for (const forward of ['nobody', 'unregistered']) {
    const { port } = await listeners.listen({ forward, address: '127.0.0.1', ports: [0] })
    await assert.rejects(exchange(port, Buffer.from('hi')), /ECONNRESET|EPIPE/)
  }
})

test('a taken port gives way to the next asked for, and a closed one is free again', async () => {
  const first = await listeners.listen({ forward: 'echo', address: '127.0.0.1', ports: [0] })
  targets.set('other', [{ host: '127.0.0.1', port: echoPort }])
  const second = await listeners.listen({ forward: 'other', address: '127.0.0.1', ports: [first.port, 0] })
  assert.notEqual(second.port, first.port)
  await assert.rejects(listeners.listen({ forward: 'third', address: '127.0.0.1', ports: [first.port] }), {
    code: 'EADDRINUSE',
  })
  await listeners.unlisten({ forward: 'echo' })
  const again = await listeners.listen({ forward: 'third', address: '127.0.0.1', ports: [first.port] })
  assert.equal(again.port, first.port)
})
