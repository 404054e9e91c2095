import assert from 'node:assert/strict'
import { connect } from 'node:http2'
import { connect as tcp } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { create, toBinary } from '@bufbuild/protobuf'
import { encodeResource } from '@isthmus/control-plane/snapshot/encode.ts'
import { FrameReader } from '@isthmus/control-plane/xds/framing.ts'
import { readRequest } from '@isthmus/control-plane/xds/read.ts'
import { DeltaDiscoveryRequestSchema } from '@isthmus/envoy-api/envoy/service/discovery/v3/discovery'
import { IsthmusError } from '@isthmus/errors'
import fc from 'fast-check'
import { endpointsMessage, service, snapshotOf, typeUrls } from '../support/tiny-snapshot.ts'
import { XdsClient } from '../support/xds-client.ts'
import { TestXdsServer } from '../support/xds-server.ts'

const frame = (bytes: Uint8Array) => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(bytes.length, 1)
  return Buffer.concat([head, bytes])
}

test('frames come out whole, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      (messages, cuts) => {
        const all = Buffer.concat(messages.map(frame))
        const reader = new FrameReader(1000)
        const got: Uint8Array[] = []
        for (let at = 0, i = 0; at < all.length; i++) {
          const size = cuts[i % cuts.length]!
          got.push(...reader.push(all.subarray(at, at + size)))
          at += size
        }
        assert.deepEqual(
          got.map(m => [...m]),
          messages.map(m => [...m]),
        )
      },
    ),
  )
})

test('any bytes are a request or an ISM3010, nothing else', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('delta' as const, 'sotw' as const),
      fc.uint8Array({ maxLength: 200 }),
      (mode, bytes) => {
        try {
          readRequest(mode, bytes)
        } catch (error) {
          assert.ok(error instanceof IsthmusError && error.code === 'ISM3010')
        }
      },
    ),
    { numRuns: 3_000 },
  )
})

describe('clients that misbehave', () => {
  let server: TestXdsServer
  let witness: XdsClient
  before(async () => {
    const limits = { requestBytes: 4_096, subscriptions: 50, types: 5, streamsPerConnection: 3 }
    const authenticate = async (headers: Record<string, unknown>) => {
      await sleep(1)
      if (headers.authorization === 'Bearer wrong') throw new IsthmusError('ISM3013', 'that token is of another pod')
    }
    server = await new TestXdsServer(snapshotOf(...service('a', [1])), {
      limits,
      authenticate,
      maxStreamAgeMs: 60_000,
    }).listen()
    witness = new XdsClient({ port: server.port, mode: 'delta', follow: true })
    witness.start()
    await witness.until(() => witness.held(typeUrls.endpoint).has('a'))
  })
  after(async () => {
    await witness.close()
    await server.close()
  })

  /** Whatever happened, another client is served as before. */
  let port = 100
  async function unharmed(): Promise<void> {
    server.change([encodeResource(endpointsMessage('a', [++port]))])
    const wanted = server.snapshot!.resources.get(typeUrls.endpoint)!.get('a')!
    await witness.until(() => witness.held(typeUrls.endpoint).get('a')?.version === wanted.version, 'the witness')
  }

  async function ends(act: (c: XdsClient) => void, status: string, words: RegExp, options = {}): Promise<void> {
    const c = new XdsClient({ port: server.port, mode: 'delta', ...options })
    act(c)
    await c.until(() => c.status !== undefined, 'the end of the stream')
    assert.equal(c.status?.code, status)
    assert.match(c.status?.message ?? '', words)
    await c.close()
    await unharmed()
  }

  const names = (n: number) => Array.from({ length: n }, (_, i) => `name-${i}`)
  test('no node format', () => ends(c => c.start(), '3', /ISM3013.*four parts/, { node: { id: 'me' } }))
  test('a wrong token', () => ends(c => c.start(), '16', /another pod/, { headers: { authorization: 'Bearer wrong' } }))
  test('no protobuf', () => ends(c => c.raw(frame(Buffer.from([0xff, 0xff, 0xff]))), '3', /ISM3010/))
  test('no frame', () => ends(c => c.raw(Buffer.from('GET / HTTP/1.1\r\n\r\n')), '3', /ISM3010/))
  test('a compressed message', () => ends(c => c.raw(Buffer.from([1, 0, 0, 0, 0])), '3', /compressed/))
  test('a message above the limit', () => ends(c => c.raw(Buffer.from([0, 0x7f, 0, 0, 0])), '8', /ISM3011/))
  test('too many names', () => ends(c => c.subscribe(typeUrls.endpoint, names(51)), '8', /ISM3012/))
  test('too many types', () =>
    ends(
      c => {
        for (const name of names(8)) c.subscribe(name, ['x'])
      },
      '8',
      /ISM3012/,
    ))
  test('requests without end before the first is answered', () =>
    ends(
      c => {
        for (let i = 0; i < 1_000; i++) c.subscribe(typeUrls.endpoint, ['a'])
      },
      '8',
      /ISM3012/,
    ))

  test('another service, another method, no gRPC at all', async () => {
    const session = connect(`http://127.0.0.1:${server.port}`)
    const ask = (headers: Record<string, string>) =>
      new Promise<Record<string, unknown>>(resolve => {
        const stream = session.request(headers)
        stream.on('response', h => resolve(h))
        stream.resume().end()
      })
    const unknown = await ask({
      ':method': 'POST',
      ':path': '/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters',
      'content-type': 'application/grpc',
    })
    assert.equal(unknown['grpc-status'], '12')
    assert.equal((await ask({ ':method': 'GET', ':path': '/' }))[':status'], 415)
    session.destroy()
    await unharmed()
  })

  test('nonsense on the socket', async () => {
    for (const bytes of [
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\xff\xff',
      '\x16\x03\x01',
    ]) {
      const socket = tcp(server.port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write(bytes, 'latin1')
      await sleep(10)
      socket.destroy()
    }
    await unharmed()
  })

  test('random protobuf, cut and bent, on live streams', async () => {
    const good = toBinary(
      DeltaDiscoveryRequestSchema,
      create(DeltaDiscoveryRequestSchema, {
        typeUrl: typeUrls.cluster,
        node: { id: 'sidecar~1.2.3.4~p.n~n.svc.cluster.local', metadata: { LABELS: { a: 'b' } } },
        resourceNamesSubscribe: ['*', 'x'],
        initialResourceVersions: { y: '1' },
        responseNonce: '1',
      }),
    )
    const bend = fc.tuple(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length)).map(([at, to, cut]) => {
      const bytes = new Uint8Array(good)
      bytes[at] = to
      return bytes.subarray(0, cut)
    })
    for (const messages of fc.sample(fc.array(bend, { minLength: 1, maxLength: 4 }), { numRuns: 60, seed: 7 })) {
      const c = new XdsClient({ port: server.port, mode: 'delta' })
      for (const bytes of messages) c.raw(frame(bytes))
      await sleep(2)
      c.reset()
    }
    await unharmed()
  })

  test('streams that break at any point leave nothing behind', async () => {
    for (const mode of ['delta', 'sotw'] as const) {
      for (let i = 0; i < 25; i++) {
        const c = new XdsClient({ port: server.port, mode, follow: true })
        c.start()
        await sleep(i / 4)
        c.reset()
      }
    }
    await unharmed()
    await witness.until(() => server.sessions === 1 && server.server.proxies().length === 1, 'the others to be gone')
  })
})

test('old streams are ended once nothing is under way, and the proxy comes back', async () => {
  const server = await new TestXdsServer(snapshotOf(...service('a', [1])), { maxStreamAgeMs: 150 }).listen()
  const c = new XdsClient({ port: server.port, mode: 'delta', follow: true })
  c.start()
  await c.until(() => c.held(typeUrls.endpoint).has('a'))
  await c.until(() => c.status !== undefined, 'its end')
  assert.equal(c.status?.code, '14')
  assert.match(c.status?.message ?? '', /fresh token/)
  await c.close()
  await server.close()
})
