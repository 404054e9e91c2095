import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { encodeResource } from '@isthmus/control-plane/snapshot/encode.ts'
import {
  clusterMessage,
  endpointsMessage,
  listenerMessage,
  origin,
  routeMessage,
  service,
  snapshotOf,
  typeUrls,
} from '../support/tiny-snapshot.ts'
import { XdsClient, type XdsClientOptions } from '../support/xds-client.ts'
import { TestXdsServer } from '../support/xds-server.ts'

/* Several streams at once, of one proxy and of others: what befalls one is nobody else's. */

const cleanup: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const task of cleanup.splice(0).reverse()) await task()
})

async function serve(): Promise<TestXdsServer> {
  const world = snapshotOf(
    ...service('a', [8001]),
    ...service('b', [8002]),
    listenerMessage('web', 9000, 'web-routes'),
    routeMessage('web-routes', { '*': 'a' }),
  )
  const server = await new TestXdsServer(world).listen()
  cleanup.push(() => server.close())
  return server
}

async function full(server: TestXdsServer, options: Omit<XdsClientOptions, 'port'>): Promise<XdsClient> {
  const c = new XdsClient({ port: server.port, follow: true, ...options })
  cleanup.push(() => c.close())
  c.start()
  await c.until(() => c.held(typeUrls.route).size > 0, 'all it asked for')
  return c
}

const holds = (c: XdsClient, server: TestXdsServer, typeUrl: string, name: string) => () =>
  Buffer.compare(
    c.held(typeUrl).get(name)?.bytes ?? Buffer.alloc(0),
    server.snapshot?.resources.get(typeUrl)?.get(name)?.bytes ?? Buffer.alloc(0),
  ) === 0

for (const mode of ['delta', 'sotw'] as const) {
  describe(mode, () => {
    test('an old and a new stream of one proxy: both follow, and the end of one is not that of the other', async () => {
      const server = await serve()
      const old = await full(server, { mode })
      const fresh = await full(server, { mode })
      assert.equal(server.server.proxies().length, 2)
      server.change([encodeResource(endpointsMessage('a', [8005]))])
      for (const c of [old, fresh]) await c.until(holds(c, server, typeUrls.endpoint, 'a'))
      old.reset()
      await fresh.until(() => server.server.proxies().length === 1, 'the old one to be gone')
      server.change([clusterMessage('a', 7), endpointsMessage('a', [8006])].map(t => encodeResource(t)))
      await fresh.until(holds(fresh, server, typeUrls.cluster, 'a'))
      await fresh.until(holds(fresh, server, typeUrls.endpoint, 'a'))
      const { id } = server.server.proxies()[0]!.node
      assert.deepEqual(
        server.server.config(id)?.[typeUrls.cluster]?.map(r => r.name),
        ['a', 'b'],
      )
    })

    test('what one refuses the others have; its words are on the object, and it is tried again when it changes', async () => {
      const server = await serve()
      const bad = encodeResource(clusterMessage('b', 66))
      const node = { id: 'sidecar~10.0.0.2~picky-1.default~default.svc.cluster.local' }
      const isBad = (bytes: Uint8Array) => Buffer.compare(bytes, bad.bytes) === 0
      const picky = await full(server, {
        ...{ mode, node },
        refuse: r => (r.resources.some(x => isBad(x.bytes)) ? 'Error adding/updating cluster(s) b: no!' : undefined),
      })
      const good = picky.held(typeUrls.cluster).get('b')!.bytes
      const others = [await full(server, { mode }), await full(server, { mode: mode === 'delta' ? 'sotw' : 'delta' })]
      server.change([bad, encodeResource(clusterMessage('a', 5))])
      for (const c of others) await c.until(holds(c, server, typeUrls.cluster, 'b'))
      await picky.until(holds(picky, server, typeUrls.cluster, 'a'), 'the rest of the change')
      await picky.until(() => server.events.some(e => e.kind === 'nack' && e.nack.resources.some(r => r.certain)))
      assert.deepEqual(picky.held(typeUrls.cluster).get('b')!.bytes, good, 'the last good one')
      const refusals = server.events.flatMap(e => (e.kind === 'nack' ? [e] : []))
      assert.deepEqual([...new Set(refusals.map(e => e.node.id))], [node.id])
      const told = refusals.at(-1)!.nack
      assert.match(told.words, /no!/)
      assert.deepEqual(
        told.resources.map(r => [r.name, r.origins]),
        [['b', [origin]]],
      )
      const before = picky.responses.filter(r => r.typeUrl === typeUrls.cluster).length
      server.change([encodeResource(endpointsMessage('a', [8009]))])
      await picky.until(holds(picky, server, typeUrls.endpoint, 'a'))
      await picky.quiet()
      assert.equal(picky.responses.filter(r => r.typeUrl === typeUrls.cluster).length, before, 'not sent for ever')
      server.change([encodeResource(clusterMessage('b', 9))])
      await picky.until(holds(picky, server, typeUrls.cluster, 'b'), 'the mended one')
      assert.ok(others.every(c => c.status === undefined))
    })

    test('a stream that breaks after any message: its successor has all, nobody else notices', async () => {
      const server = await serve()
      const witness = await full(server, { mode })
      for (let at = 0; at < 9; at++) {
        const first = new XdsClient({ port: server.port, mode, follow: true })
        first.start()
        let changed = false
        // The start is four messages; the rest are those of a change.
        const gets = () => {
          if (!changed && first.responses.length >= 4) {
            changed = true
            server.change(
              [
                clusterMessage('a', 10 + at),
                endpointsMessage('a', [9000 + at]),
                routeMessage('web-routes', { [`v${at}`]: 'b' }),
              ].map(t => encodeResource(t)),
            )
          }
          return first.responses.length >= Math.min(at, 7)
        }
        await first.until(gets, `${at} messages`)
        first.reset()
        const next = await full(server, { mode })
        for (const c of [next, witness]) {
          await c.until(holds(c, server, typeUrls.cluster, 'a'))
          await c.until(holds(c, server, typeUrls.endpoint, 'a'))
          await c.until(holds(c, server, typeUrls.route, 'web-routes'))
        }
        assert.equal(witness.status, undefined)
        await next.close()
      }
      await witness.until(() => server.sessions === 1, 'nothing to be left of the others')
    })
  })
}
