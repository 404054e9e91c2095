import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { encodeResource } from '@isthmus/control-plane/snapshot/encode.ts'
import type { Snapshot } from '@isthmus/control-plane/snapshot/resource.ts'
import type { Cluster } from '@isthmus/envoy-api/envoy/config/cluster/v3/cluster'
import {
  clusterMessage,
  endpointsMessage,
  listenerMessage,
  origin,
  routeMessage,
  service,
  snapshotOf,
  staticClusterMessage,
  typeUrls,
} from '../support/tiny-snapshot.ts'
import { XdsClient, type XdsClientOptions } from '../support/xds-client.ts'
import { TestXdsServer } from '../support/xds-server.ts'

const cleanup: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const task of cleanup.splice(0).reverse()) await task()
})

async function serve(snapshot: Snapshot | undefined, options = {}): Promise<TestXdsServer> {
  const server = await new TestXdsServer(snapshot, options).listen()
  cleanup.push(() => server.close())
  return server
}

function client(server: TestXdsServer, options: Omit<XdsClientOptions, 'port'>): XdsClient {
  const c = new XdsClient({ port: server.port, ...options })
  cleanup.push(() => c.close())
  return c
}

const world = () =>
  snapshotOf(
    ...service('a', [8001]),
    ...service('b', [8002, 8003]),
    listenerMessage('web', 9000, 'web-routes'),
    routeMessage('web-routes', { '*': 'a' }),
  )
const allTypes = [typeUrls.cluster, typeUrls.endpoint, typeUrls.listener, typeUrls.route]
const full = (c: XdsClient) => () => c.held(typeUrls.route).size > 0
const names = (c: XdsClient, typeUrl: string) => [...c.held(typeUrl).keys()].sort()

for (const mode of ['delta', 'sotw'] as const) {
  describe(mode, () => {
    test('a proxy gets all it asks for, in the order Envoy asks', async () => {
      const server = await serve(world())
      const c = client(server, { mode, follow: true })
      c.start()
      await c.until(full(c), 'the whole configuration')
      assert.deepEqual(
        c.responses.map(r => r.typeUrl),
        allTypes,
      )
      assert.deepEqual(names(c, typeUrls.cluster), ['a', 'b'])
      assert.deepEqual(names(c, typeUrls.endpoint), ['a', 'b'])
      await c.quiet()
      assert.equal(c.responses.length, 4)
      const [status] = server.server.proxies()
      assert.ok(status?.inStep)
      assert.deepEqual(
        status.types.map(t => t.acked !== undefined),
        [true, true, true, true],
      )
    })

    test('an endpoint change sends that assignment and nothing else', async () => {
      const server = await serve(world())
      const c = client(server, { mode, follow: true })
      c.start()
      await c.until(full(c))
      const before = c.responses.length
      server.change([encodeResource(endpointsMessage('a', [8001, 8009]))])
      await c.until(() => c.responses.length > before)
      await c.quiet()
      const since = c.responses.slice(before)
      assert.deepEqual(
        since.map(r => [r.typeUrl, r.resources.map(x => x.name)]),
        [[typeUrls.endpoint, ['a']]],
      )
    })

    test('a changed cluster has its endpoints sent again: it waits for them', async () => {
      const server = await serve(world())
      const c = client(server, { mode, follow: true })
      c.start()
      await c.until(full(c))
      const before = c.responses.length
      server.change([encodeResource(clusterMessage('b', 7))])
      await c.until(() => c.responses.length > before + 1)
      await c.quiet()
      const since = c.responses.slice(before)
      assert.deepEqual(
        since.map(r => r.typeUrl),
        [typeUrls.cluster, typeUrls.endpoint],
      )
      assert.deepEqual(
        since[1]?.resources.map(r => r.name),
        ['b'],
      )
    })

    test('make before break: a route moves to a new cluster after that is there, the old one goes last', async () => {
      const server = await serve(world())
      const c = client(server, { mode, follow: true })
      c.start()
      await c.until(full(c))
      const before = c.responses.length
      const gone = service('a', [8001]).map(t => encodeResource(t))
      server.change(
        [...service('c', [8004]), routeMessage('web-routes', { '*': 'c' })].map(t => encodeResource(t)),
        gone,
      )
      await c.until(() => !c.held(typeUrls.cluster).has('a'), 'cluster a to go')
      await c.quiet()
      const since = c.responses.slice(before)
      assert.deepEqual(
        since.map(r => r.typeUrl),
        [typeUrls.cluster, typeUrls.endpoint, typeUrls.route, typeUrls.cluster],
      )
      assert.ok(since[0]?.resources.some(r => r.name === 'c'))
      if (mode === 'sotw')
        assert.ok(
          since[0]?.resources.some(r => r.name === 'a'),
          'a is still in the first list',
        )
      assert.deepEqual(names(c, typeUrls.cluster), ['b', 'c'])
      assert.deepEqual(names(c, typeUrls.endpoint), ['b', 'c'])
    })

    test('a refusal: the last good one stays, the words are kept, and a later change goes through', async () => {
      const server = await serve(world())
      const bad = encodeResource(clusterMessage('b', 66))
      const c = client(server, {
        mode,
        follow: true,
        refuse: r =>
          r.resources.some(x => Buffer.from(x.bytes).equals(bad.bytes)) ? 'Error adding cluster(s) b: no!' : undefined,
      })
      c.start()
      await c.until(full(c))
      const good = c.held(typeUrls.cluster).get('b')!.bytes
      server.change([bad, encodeResource(clusterMessage('a', 5))])
      await c.until(
        () => server.events.some(e => e.kind === 'nack' && e.nack.resources.some(r => r.certain)),
        'the culprit',
      )
      await c.quiet()
      // The other change of the same response came through, the refused bytes are not sent for ever.
      assert.equal(c.message<Cluster>(typeUrls.cluster, 'a')?.connectTimeout?.seconds, 5n)
      assert.deepEqual(c.held(typeUrls.cluster).get('b')!.bytes, good)
      const refusals = server.events.filter(e => e.kind === 'nack')
      assert.ok(refusals.length <= 3, `${refusals.length} refusals`)
      const status = server.server.proxies()[0]!
      assert.equal(status.inStep, false)
      const nacked = status.types.find(t => t.typeUrl === typeUrls.cluster)?.nacked
      assert.match(nacked?.words ?? '', /no!/)
      assert.deepEqual(
        nacked?.resources.map(r => [r.name, r.certain, r.origins]),
        [['b', true, [origin]]],
      )

      server.change([encodeResource(clusterMessage('b', 9))])
      await c.until(() => server.server.proxies()[0]!.inStep, 'being in step again')
      assert.notDeepEqual(c.held(typeUrls.cluster).get('b')!.bytes, good)
      assert.equal(server.server.proxies()[0]!.types.find(t => t.typeUrl === typeUrls.cluster)?.nacked, undefined)
    })

    test('changes that come while an answer is missing are one', async () => {
      const server = await serve(world())
      const c = client(server, { mode, answers: 'hold' })
      c.subscribe(typeUrls.endpoint, ['a'])
      await c.until(() => c.unanswered.length === 1)
      for (let port = 1; port <= 50; port++) server.change([encodeResource(endpointsMessage('a', [port]))])
      await c.quiet()
      assert.equal(c.responses.length, 1)
      c.answer()
      await c.until(() => c.unanswered.length === 1)
      c.answer()
      await c.quiet()
      assert.equal(c.responses.length, 2)
      assert.deepEqual(
        c.held(typeUrls.endpoint).get('a')?.bytes,
        server.snapshot?.resources.get(typeUrls.endpoint)?.get('a')?.bytes,
      )
    })

    test('a proxy that does not read slows nobody', async () => {
      const server = await serve(world())
      const slow = client(server, { mode, follow: true })
      slow.start()
      await slow.until(full(slow))
      slow.pause()
      const quick = client(server, { mode, follow: true })
      quick.start()
      await quick.until(full(quick))
      for (let i = 0; i < 200; i++) {
        const before = quick.responses.length
        server.change([encodeResource(endpointsMessage('b', [1000 + i]))])
        await quick.until(() => quick.responses.length > before)
      }
      slow.resume()
      await slow.until(() => server.server.proxies().every(p => p.inStep), 'the slow one to catch up')
      assert.ok(slow.responses.length < 20, `the slow one got ${slow.responses.length} responses`)
      assert.deepEqual(slow.held(typeUrls.endpoint).get('b')?.bytes, quick.held(typeUrls.endpoint).get('b')?.bytes)
    })

    test('nothing is sent before anything is known, then everything', async () => {
      const server = await serve(undefined)
      const c = client(server, { mode, follow: true })
      c.start()
      await c.quiet()
      assert.equal(c.responses.length, 0)
      server.serve(world())
      await c.until(full(c))
    })

    test('a wildcard over nothing is answered: Envoy waits for it at start', async () => {
      const server = await serve(snapshotOf(staticClusterMessage('only')))
      const c = client(server, { mode })
      c.subscribe(typeUrls.listener)
      await c.until(() => c.responses.length === 1)
      assert.deepEqual(c.responses[0]?.resources, [])
      await c.quiet()
      assert.equal(c.responses.length, 1)
    })

    test('config shows what was accepted, as JSON with Istio objects behind it', async () => {
      const server = await serve(world())
      const c = client(server, { mode, follow: true })
      c.start()
      await c.until(() => server.server.proxies()[0]?.inStep === true && full(c)())
      const config = server.server.config(server.server.proxies()[0]!.node.id)!
      assert.deepEqual(Object.keys(config).sort(), [...allTypes].sort())
      const [listener] = config[typeUrls.listener]!
      assert.match(JSON.stringify(listener?.config), /"route_config_name":"web-routes"/)
      assert.deepEqual(listener?.origins, [origin])
    })
  })
}

test('both ways give the same resources', async () => {
  const server = await serve(world())
  const both = (['delta', 'sotw'] as const).map(mode => client(server, { mode, follow: true }))
  for (const c of both) c.start()
  for (const c of both) await c.until(full(c))
  server.change(
    [...service('c', [1]), clusterMessage('a', 4), routeMessage('web-routes', { '*': 'c' })].map(t =>
      encodeResource(t),
    ),
    service('b', []).map(t => encodeResource(t)),
  )
  for (const c of both)
    await c.until(() => server.server.proxies().every(p => p.inStep) && !c.held(typeUrls.cluster).has('b'))
  for (const type of allTypes) {
    const [delta, sotw] = both.map(c => [...c.held(type)].map(([name, r]) => [name, r.bytes]).sort())
    assert.deepEqual(delta, sotw, type)
  }
})

test('delta: coming back with what it has, a proxy is sent only what changed meanwhile', async () => {
  const server = await serve(world())
  const first = client(server, { mode: 'delta', follow: true })
  first.start()
  await first.until(full(first))
  const versions = (type: string) => Object.fromEntries([...first.held(type)].map(([name, r]) => [name, r.version]))
  const [clusters, endpoints] = [versions(typeUrls.cluster), versions(typeUrls.endpoint)]
  first.reset()
  server.change(
    [encodeResource(endpointsMessage('a', [8888]))],
    service('b', []).map(t => encodeResource(t)),
  )

  const again = client(server, { mode: 'delta' })
  again.subscribe(typeUrls.cluster, [], clusters)
  again.subscribe(typeUrls.endpoint, ['a', 'b'], endpoints)
  await again.until(() => again.responses.length >= 2)
  await again.quiet()
  const got = again.responses.map(r => [r.typeUrl, r.resources.map(x => x.name), r.removed])
  assert.deepEqual(
    got.find(([type]) => type === typeUrls.cluster),
    [typeUrls.cluster, [], ['b']],
  )
  assert.ok(got.some(([type, changed]) => type === typeUrls.endpoint && JSON.stringify(changed) === '["a"]'))
})

test('sotw: coming back with the version of the list it has, nothing is sent', async () => {
  const server = await serve(world())
  const first = client(server, { mode: 'sotw' })
  first.subscribe(typeUrls.cluster)
  await first.until(() => first.responses.length === 1)
  const again = client(server, { mode: 'sotw' })
  again.startFrom(typeUrls.cluster, first.version(typeUrls.cluster))
  again.subscribe(typeUrls.cluster)
  await again.quiet()
  assert.equal(again.responses.length, 0)
  server.change([encodeResource(clusterMessage('a', 3))])
  await again.until(() => again.responses.length === 1)
  assert.equal(again.responses[0]?.resources.length, 2)
})

test('a stream that breaks while endpoints are owed leaves the debt to its successor', async () => {
  const server = await serve(world())
  const first = client(server, { mode: 'delta', answers: 'hold' })
  first.subscribe(typeUrls.cluster)
  await first.until(() => first.unanswered.length === 1)
  first.answer()
  first.subscribe(typeUrls.endpoint, ['a', 'b'])
  await first.until(() => first.unanswered.length === 1)
  first.answer()
  await first.quiet()
  server.change([encodeResource(clusterMessage('a', 5))])
  await first.until(() => first.unanswered.length === 1)
  first.reset()
  await new Promise(resolve => setTimeout(resolve, 50))

  const snapshot = server.snapshot!.resources
  const versions = (type: string) => Object.fromEntries([...snapshot.get(type)!].map(([name, r]) => [name, r.version]))
  const again = client(server, { mode: 'delta' })
  again.subscribe(typeUrls.cluster, [], versions(typeUrls.cluster))
  again.subscribe(typeUrls.endpoint, ['a', 'b'], versions(typeUrls.endpoint))
  await again.until(() => again.responses.length === 1)
  assert.deepEqual(
    again.responses[0]?.resources.map(r => r.name),
    ['a'],
  )
})
