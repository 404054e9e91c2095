import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ProxyNode, parseLocality, unknownLocality, viewKey } from '../../src/model/index.ts'
import { MeshBuilder, viewOf } from '../../src/sources/index.ts'
import { cluster, node, pod, rule, service } from './objects.ts'

const proxy = (more: Partial<ProxyNode>): ProxyNode => ({
  id: 'x',
  kind: 'sidecar',
  cluster: 'ack-hangzhou',
  namespace: 'default',
  pod: 'reviews-v1-a',
  ip: '10.0.0.2',
  labels: { app: 'reviews', version: 'v1' },
  locality: unknownLocality,
  network: '',
  serviceAccount: '',
  envoyVersion: '1.40.0',
  redirect: 'uid',
  ...more,
})

function mesh() {
  const b = new MeshBuilder({ schedule: () => {} })
  b.setCluster(cluster('ack-hangzhou', 'cn-hangzhou'))
  for (const o of [
    service('reviews'),
    node('n1', 'cn-hangzhou'),
    pod('reviews-v1-a', 'reviews', '10.0.0.2', 'n1'),
    pod('reviews-v1-b', 'reviews', '10.0.0.3', 'n1'),
  ])
    b.set('ack-hangzhou', o)
  return b
}

test("a sidecar's view is its pod's: region of its node, ports of the services that select it", () => {
  const view = viewOf(proxy({ locality: parseLocality('somewhere/else') }), mesh().flush())
  assert.equal(view.locality.region, 'cn-hangzhou')
  assert.deepEqual(view.kind === 'sidecar' && view.inbound.map(p => p.targetPort), [9080])
})

test('pods of one deployment share a view, until a rule selects on what makes them differ', () => {
  const b = mesh()
  const keys = () => ['a', 'b'].map(x => viewKey(viewOf(proxy({ pod: `reviews-v1-${x}`, ip: '' }), b.flush())))
  assert.equal(keys()[0], keys()[1])
  const other = pod('reviews-v1-b', 'reviews', '10.0.0.3', 'n1', 'v2')
  b.set('ack-hangzhou', other)
  assert.equal(keys()[0], keys()[1])
  b.set('', rule('Sidecar', 's', { workloadSelector: { labels: { version: 'v2' } }, egress: [{ hosts: ['./*'] }] }))
  assert.notEqual(keys()[0], keys()[1])
})

test('a gateway keeps the labels that Gateways select on', () => {
  const b = mesh()
  b.set(
    '',
    rule('Gateway', 'g', {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, protocol: 'HTTP', name: 'http' }, hosts: ['*'] }],
    }),
  )
  const labels = { istio: 'ingressgateway', app: 'istio-ingressgateway', 'pod-template-hash': 'x' }
  const view = viewOf(
    proxy({ kind: 'gateway', namespace: 'istio-system', pod: 'gw', ip: '10.0.0.9', labels }),
    b.flush(),
  )
  assert.deepEqual(view.labels, { istio: 'ingressgateway' })
})

test('without Kubernetes the node says where it is, or its address does', () => {
  const b = new MeshBuilder({ schedule: () => {} })
  const at = (address: string, locality: string) => ({ address, locality })
  b.set(
    '',
    rule('ServiceEntry', 's', {
      hosts: ['s.default.svc.cluster.local'],
      ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
      resolution: 'STATIC',
      endpoints: [at('10.0.0.7', 'r7/z'), at('127.0.0.1', 'r1/z'), { ...at('127.0.0.1', 'r2/z'), ports: { http: 81 } }],
    }),
  )
  b.set('', rule('WorkloadEntry', 'vm', { address: '10.0.0.8', locality: 'r8' }))
  const region = (more: Partial<ProxyNode>) =>
    viewOf(proxy({ cluster: '', pod: 'p', ...more }), b.flush()).locality.region
  assert.equal(region({ ip: '10.0.0.7', locality: parseLocality('r3/z') }), 'r3')
  assert.equal(region({ ip: '10.0.0.7' }), 'r7')
  assert.equal(region({ ip: '10.0.0.8' }), 'r8')
  assert.equal(region({ ip: '127.0.0.1' }), '', 'two places share the address: it tells nothing')
})
