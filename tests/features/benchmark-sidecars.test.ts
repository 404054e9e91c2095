import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeResource } from '@isthmus/control-plane/snapshot/encode.ts'
import {
  clusterMessage,
  endpointsMessage,
  listenerMessage,
  mergeSnapshots,
  routeMessage,
  snapshotOf,
} from '../../packages/control-plane/test/support/tiny-snapshot.ts'
import { TestXdsServer } from '../../packages/control-plane/test/support/xds-server.ts'
import { Fleet } from '../benchmarks/xds/client/fleet.ts'

/** More than one frame of HTTP/2 and one read of a socket hold, so that both are put together. */
const names = Array.from({ length: 3_000 }, (_, i) => `outbound|80||service-${i}.shop.svc.cluster.local`)
const mesh = snapshotOf(
  ...names.map(name => clusterMessage(name)),
  ...names.map(name => endpointsMessage(name, [8_080])),
  listenerMessage('listener', 15_001, 'routes'),
  routeMessage('routes', { '*': names[0]! }),
)

for (const mode of ['delta', 'sotw'] as const) {
  describe(`the benchmark's own sidecars, ${mode}`, () => {
    test('are configured, see a change once it was sent, and follow what comes and goes', {
      timeout: 60_000,
    }, async () => {
      const server = await new TestXdsServer(mesh).listen()
      const fleet = new Fleet({ port: server.port, count: 3, mode, namespaces: ['shop'], record: true })
      try {
        await fleet.connect()
        const full = fleet.received
        assert.ok(full > 3 * names.length * 100, `${full} bytes`)
        for (const recording of fleet.recordings)
          for (const [type, responses] of Object.entries(recording)) assert.ok(responses.length > 0, type)

        const endpoints = encodeResource(endpointsMessage(names[7]!, [9_001]))
        const times = await fleet.change('endpoint', names[7]!, () => server.change([endpoints]))
        assert.equal(times.length, 3)
        assert.ok(times.every((ms, i) => ms > 0 && (i === 0 || ms >= times[i - 1]!)))

        // A cluster comes, and one goes: its endpoints are asked for, the other's not any more.
        const added = 'outbound|80||late.shop.svc.cluster.local'
        const cluster = encodeResource(clusterMessage(added))
        const gone = mesh.resources.get(cluster.typeUrl)!.get(names[9]!)!
        const more = [cluster, encodeResource(endpointsMessage(added, [8_080]))]
        await fleet.change('endpoint', added, () => server.change(more, [gone]))
        const subscribed = () =>
          server.server.proxies().map(proxy => proxy.types.find(t => t.typeUrl.endsWith('Assignment'))?.subscribed)
        // What goes is sent last.
        while (subscribed().some(count => count !== names.length)) await new Promise(resolve => setTimeout(resolve, 10))
      } finally {
        fleet.close()
        await server.close()
      }
    })
  })
}

test('one that never reads is left behind by the others', async () => {
  const server = await new TestXdsServer(mesh).listen()
  const stuck = new Fleet({
    port: server.port,
    count: 1,
    mode: 'delta',
    namespaces: ['shop'],
    first: 9,
    stall: 'start',
  })
  const fleet = new Fleet({ port: server.port, count: 1, mode: 'delta', namespaces: ['shop'] })
  try {
    await stuck.connect()
    await fleet.connect()
    const next = mergeSnapshots(server.snapshot, [encodeResource(endpointsMessage(names[7]!, [9_001]))])
    assert.equal((await fleet.change('endpoint', names[7]!, () => server.serve(next))).length, 1)
    assert.equal(stuck.received, 0)
  } finally {
    stuck.close()
    fleet.close()
    await server.close()
  }
})
