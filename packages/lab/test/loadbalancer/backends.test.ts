import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EndpointSlice, Node, Service } from '@isthmus/kubernetes'
import { backendsOf, ExternalAddresses, portsToTry, rotated } from '../../src/loadbalancer/index.ts'

const node = (name: string, address: string, ready = true): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: {},
  status: {
    addresses: [{ type: 'InternalIP', address }],
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }],
  },
})
const service = (policy: 'Local' | 'Cluster'): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'gw', namespace: 'istio-system' },
  spec: { type: 'LoadBalancer', externalTrafficPolicy: policy },
})
const slice = (...on: [string, boolean][]) =>
  ({
    metadata: { name: 's' },
    endpoints: on.map(([nodeName, ready]) => ({ addresses: [], nodeName, conditions: { ready } })),
  }) as unknown as EndpointSlice
const nodes = [node('a', '20.0.0.11'), node('b', '20.0.0.12')]

test('externalTrafficPolicy Local goes only to nodes that hold a ready pod', () => {
  assert.deepEqual(backendsOf(service('Local'), 30080, nodes, [slice(['b', true], ['a', false])]), [
    { host: '20.0.0.12', port: 30080 },
  ])
})

test('externalTrafficPolicy Cluster goes to every node, those that are ready first', () => {
  const found = backendsOf(service('Cluster'), 30080, [node('a', '20.0.0.11', false), nodes[1]!], [slice(['b', true])])
  assert.deepEqual(
    found.map(backend => backend.host),
    ['20.0.0.12', '20.0.0.11'],
  )
})

test('with no ready pod anywhere, and with its node lost, nobody takes the connection', () => {
  assert.deepEqual(backendsOf(service('Local'), 30080, nodes, [slice(['b', false])]), [])
  assert.deepEqual(backendsOf(service('Local'), 30080, [node('b', '20.0.0.12', false)], [slice(['b', true])]), [])
})

test('each service keeps its address, and one that is gone gives it back', () => {
  const addresses = new ExternalAddresses()
  assert.equal(addresses.of('x'), '127.1.0.1')
  assert.equal(addresses.of('y'), '127.1.0.2')
  assert.equal(addresses.of('x'), '127.1.0.1')
  addresses.release('x')
  assert.equal(addresses.of('z'), '127.1.0.1')
})

test('an ordinary user gets port 8080 for port 80, root gets port 80', () => {
  assert.deepEqual(portsToTry(80, 0), [80, 8080, 0])
  assert.deepEqual(portsToTry(80, 1024), [8080, 0])
  assert.deepEqual(portsToTry(9080, 1024), [9080, 9080, 0])
})

test('connections take turns', () => {
  assert.deepEqual(rotated([1, 2, 3], 4), [2, 3, 1])
})
