import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubeObject } from '@isthmus/kubernetes'
import { parseAllDocuments } from 'yaml'
import type { Locality, ProxyNode } from '../../src/model/index.ts'
import { type Clock, silentLog, systemClock } from '../../src/runtime/index.ts'
import { MeshBuilder } from '../../src/sources/mesh-builder.ts'
import { Delivery } from '../../src/wiring/delivery.ts'
import { likelyProxies } from '../../src/wiring/likely-proxies.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const entry = (name: string, namespace: string, region: string, endpoints: number) => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  hosts: [${name}.example]
  addresses: [240.0.0.${name.length}]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [${Array.from({ length: endpoints }, (_, i) => `{address: 10.0.${name.length}.${i}, locality: ${region}}`)}]
`

const east: Locality = { region: 'east', zone: '', subzone: '' }
const west: Locality = { region: 'west', zone: '', subzone: '' }

const world = (...texts: readonly string[]) => worldAt(systemClock, ...texts)

function worldAt(clock: Clock, ...texts: readonly string[]) {
  const forgotten: number[] = []
  const builder = new MeshBuilder()
  for (const document of parseAllDocuments(texts.join('---\n'))) builder.set('', document.toJS() as KubeObject)
  builder.flush()
  const onForgotten = () => void forgotten.push(clock.now())
  const delivery = new Delivery({ builder, clock, log: silentLog, onForgotten })
  return { builder, delivery, forgotten }
}

const proxy = (namespace: string, locality: Locality): ProxyNode => ({
  ...{ id: `sidecar~~a.${namespace}~${namespace}.svc.cluster.local`, kind: 'sidecar', cluster: 'one', namespace },
  ...{ pod: 'a', ip: '', labels: {}, locality, network: '', serviceAccount: '', envoyVersion: '', redirect: 'uid' },
})

test('likely proxies are of the places that have endpoints, first where most are', () => {
  const { builder } = world(
    entry('a', 'few', 'east', 2),
    entry('bb', 'many', 'west', 3),
    entry('ccc', 'many', 'east', 1),
  )
  const likely = likelyProxies(builder.mesh, 'mark').map(p => [p.namespace, p.locality.region, p.redirect])
  assert.deepEqual(likely, [
    ['many', 'west', 'mark'],
    ['few', 'east', 'mark'],
    ['many', 'east', 'mark'],
  ])
  assert.deepEqual(likelyProxies(world().builder.mesh, 'mark'), [])
})

test('after a start the first proxies find made what they share, whatever their cluster and namespace', async () => {
  const { delivery } = world(entry('a', 'shop', 'east', 2), entry('bb', 'shop', 'west', 3))
  delivery.begin()
  await delivery.rehearse('uid')
  const { encoded } = delivery.engine.counts
  assert.ok(encoded > 0)
  assert.deepEqual(delivery.engine.findings, [])
  for (const locality of [west, east]) {
    const handle = delivery.engine.open(proxy('other', locality), () => {})
    assert.ok(handle.snapshot())
    assert.equal(delivery.engine.counts.encoded, encoded)
  }
})

test('a rehearsal that takes long ends with the place it is at: being ready late is worse', async () => {
  let now = 0
  const clock: Clock = { ...systemClock, now: () => (now += 200) }
  const { delivery } = worldAt(
    clock,
    entry('a', 'shop', 'east', 2),
    entry('bb', 'shop', 'west', 3),
    entry('c', 'x', 'y', 4),
  )
  delivery.begin()
  await delivery.rehearse('uid')
  const places = delivery.engine.views.map(({ view }) => view.locality.region)
  assert.deepEqual(places, ['y', 'west'])
})

test('what was made for proxies that never come is kept for half a minute, and then told of', async () => {
  const clock = new SimulatedClock()
  const { delivery, forgotten } = worldAt(clock, entry('a', 'shop', 'east', 2), entry('bb', 'shop', 'west', 3))
  delivery.begin()
  await delivery.rehearse('uid')
  const began = clock.now()
  clock.pass(29_999)
  assert.equal(delivery.engine.views.length, 2)
  assert.deepEqual(forgotten, [])
  clock.pass(1)
  assert.equal(delivery.engine.views.length, 0)
  assert.deepEqual(forgotten, [began + 30_000, began + 30_000])
})

test('who waits already is served; nothing is made beside', async () => {
  const { delivery } = world(entry('a', 'shop', 'east', 2), entry('bb', 'shop', 'west', 3))
  let told = 0
  const handle = delivery.engine.open(proxy('other', east), () => told++)
  assert.equal(handle.snapshot(), undefined)
  delivery.begin()
  await delivery.rehearse('uid')
  assert.equal(told, 1)
  assert.equal(delivery.engine.views.length, 1)
})
