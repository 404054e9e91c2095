import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkOf, routeTo, seed, withSpec } from './worlds.ts'

const [hangzhou, shanghai, mesh] = ['vpc-vpc-hangzhou', 'vpc-vpc-shanghai', 'vpc-vpc-hangzhou2']
const [hangzhouRouter, shanghaiRouter] = ['tr-hangzhou-router', 'tr-shanghai-router']

test('a pod in Shanghai is reached from Hangzhou over both transit routers and its own node', () => {
  const network = networkOf(seed)
  const pod = '10.1.1.7'
  assert.match(routeTo(network, hangzhou, pod)!.device!, /^tr-/)
  assert.match(routeTo(network, hangzhouRouter, pod)!.device!, /^px-/)
  assert.match(routeTo(network, shanghaiRouter, pod)!.device!, /^vpc-/)
  assert.equal(routeTo(network, shanghai, pod)!.via, '21.0.0.4')
})

test('the mesh’s VPC knows both clusters’ VPCs and pods', () => {
  const network = networkOf(seed)
  for (const address of ['20.0.0.2', '21.0.0.2', '10.0.0.5', '10.1.0.5'])
    assert.match(routeTo(network, mesh, address)!.device!, /^tr-/)
})

test('without its attachment a VPC knows nobody and nobody knows it', () => {
  const network = networkOf(withSpec(seed, 'TransitRouterVpcAttachment/shanghai-router-vpc-shanghai', undefined))
  assert.ok(routeTo(network, shanghai, '20.0.0.2')!.blackhole)
  assert.ok(routeTo(network, mesh, '21.0.0.2')!.blackhole)
  assert.ok(routeTo(network, mesh, '10.1.0.5')!.blackhole)
})

test('without the inter-region connection each region still knows itself', () => {
  const network = networkOf(withSpec(seed, 'TransitRouterPeerAttachment/hangzhou-shanghai', undefined))
  assert.match(routeTo(network, mesh, '20.0.0.2')!.device!, /^tr-/)
  assert.ok(routeTo(network, hangzhouRouter, '21.0.0.2')!.blackhole)
})

test('the inter-region connection is as wide as its plan in both directions, and 1 kbit/s without', () => {
  const rates = (state: ReturnType<typeof networkOf>) =>
    [hangzhouRouter, shanghaiRouter].map(r => [...state.namespaces.get(r)!.rates.values()])
  assert.deepEqual(rates(networkOf(seed)), [[100e6], [100e6]])
  const unplanned = withSpec(seed, 'TransitRouterPeerAttachment/hangzhou-shanghai', { bandwidth: undefined })
  assert.deepEqual(rates(networkOf(unplanned)), [[1000], [1000]])
})

test('the first namespace reaches hosts for load balancers and people, and forwards for nobody', () => {
  const network = networkOf(seed)
  assert.equal(network.namespaces.get('')!.role, 'root')
  assert.ok(routeTo(network, '', '20.0.0.3')?.device)
  assert.equal(routeTo(network, '', '10.0.0.5'), undefined)
  assert.ok(routeTo(network, hangzhou, '8.8.8.8')!.blackhole)
})

test('a node’s filter lets its group in, the peer’s pods by rule, and names no one else', () => {
  const filter = networkOf(seed).namespaces.get('ack-hangzhou-1')!.filter!
  assert.match(filter, /elements = \{ 10\.0\.0\.0\/24, 10\.0\.1\.0\/24, 20\.0\.0\.2, 20\.0\.0\.3, 20\.0\.0\.4 \}/)
  assert.match(filter, /ip saddr 10\.1\.0\.0\/16 accept/)
  assert.match(filter, /ip saddr 192\.168\.0\.0\/16 tcp dport 6443 accept/)
  assert.equal(filter.match(/ accept$/gm)!.length, 5)
})

test('with terway pods have addresses of the vSwitch, which its route table sends to their node', () => {
  const world = withSpec(seed, 'ManagedCluster/ack-hangzhou', { networkPlugin: 'terway', podCIDR: undefined })
  const network = networkOf(world)
  const route = routeTo(network, hangzhou, '20.0.255.9')!
  assert.equal(route.via, '20.0.0.3')
  assert.ok(!network.namespaces.get(hangzhouRouter)!.routes.some(r => r.to.startsWith('10.0.')))
})
