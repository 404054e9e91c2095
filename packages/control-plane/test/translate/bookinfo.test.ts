import assert from 'node:assert/strict'
import { test } from 'node:test'
import { translate, translateEndpoints } from '../../src/translate/index.ts'
import { assignments, bootstrapOf, json, scratch, validate } from './envoy.ts'
import { bookinfo, gatewayView, inbound, sidecar } from './world.ts'

const names = (list: readonly { readonly name: string }[]) => list.map(r => r.name)

test("a sidecar's resources carry Istio's names", () => {
  const t = translate(sidecar({ inbound: [inbound('reviews', 9080)] }), bookinfo())
  for (const name of [
    'outbound|9080||reviews.default.svc.cluster.local',
    'outbound|9080|v1|reviews.default.svc.cluster.local',
    'outbound|9080|v2-mysql-vm|ratings.default.svc.cluster.local',
    'inbound|9080||',
    'InboundPassthroughCluster',
    'PassthroughCluster',
    'BlackHoleCluster',
  ])
    assert.ok(names(t.clusters).includes(name), name)
  const listeners = ['0.0.0.0_9080', ...[12, 11, 13, 14].map(n => `172.16.0.${n}_9080`)]
  assert.deepEqual(names(t.listeners), [...listeners, 'virtualOutbound', 'virtualInbound'])
  const hosts = ['details', 'productpage', 'ratings', 'reviews'].map(n => `${n}.default.svc.cluster.local:9080`)
  assert.deepEqual(names(t.routes), ['9080', ...hosts])
})

test('a virtual host answers to the names and the addresses of its own cluster', () => {
  const route = translate(sidecar({ cluster: 'ack-shanghai', redirect: 'none' }), bookinfo()).routes[0]!
  const hosts = json(route.schema, route.message).virtualHosts as { name: string; domains: string[] }[]
  assert.deepEqual(
    hosts.map(h => h.name),
    [
      'details.default.svc.cluster.local:9080',
      'productpage.default.svc.cluster.local:9080',
      'ratings.default.svc.cluster.local:9080',
      'reviews.default.svc.cluster.local:9080',
      'allow_any',
    ],
  )
  assert.deepEqual(hosts[3]!.domains, [
    'reviews.default.svc.cluster.local',
    'reviews.default.svc',
    'reviews.default',
    'reviews',
    '172.17.0.14',
  ])
})

test("the gateway serves the tutorial's routes on port 80", () => {
  const t = translate(gatewayView(), bookinfo())
  assert.deepEqual(names(t.listeners), ['0.0.0.0_80'])
  assert.deepEqual(names(t.routes), ['http.80'])
  const route = json(t.routes[0]!.schema, t.routes[0]!.message)
  const [host] = route.virtualHosts as { domains: string[]; routes: { match: object; route: { cluster: string } }[] }[]
  assert.deepEqual(host!.domains, ['*'])
  assert.deepEqual(
    host!.routes.map(r => r.match),
    [
      { path: '/productpage' },
      { prefix: '/static' },
      { path: '/login' },
      { path: '/logout' },
      { prefix: '/api/v1/products' },
    ],
  )
  assert.equal(host!.routes[0]!.route.cluster, 'outbound|9080||productpage.default.svc.cluster.local')
})

test('endpoints of a subset are those its labels select', () => {
  const cla = translateEndpoints(sidecar(), bookinfo(), 'outbound|9080|v2|reviews.default.svc.cluster.local')
  const found = cla.message.endpoints.flatMap(l => l.lbEndpoints.map(() => l.locality?.region))
  assert.deepEqual(found, ['cn-shanghai'])
  assert.equal(translateEndpoints(sidecar(), bookinfo(), 'outbound|1||nobody.example').message.endpoints.length, 0)
})

test("Envoy takes a sidecar's and a gateway's configuration", async () => {
  for (const view of [sidecar({ inbound: [inbound('reviews', 9080)] }), gatewayView(), sidecar({ redirect: 'uid' })]) {
    using at = scratch()
    const m = bookinfo()
    await validate(bootstrapOf(at.dir, translate(view, m), assignments(view, m)))
  }
})
