import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyObject, Condition, KubeClient, KubeObject } from '@isthmus/kubernetes'
import { parse } from 'yaml'
import { silentLog } from '../../src/runtime/index.ts'
import { MeshBuilder } from '../../src/sources/mesh-builder.ts'
import { Delivery } from '../../src/wiring/delivery.ts'
import { Reporting } from '../../src/wiring/reporting.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const object = (text: string) => parse(text) as KubeObject
const entry = (name: string, address: string) =>
  object(`
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ${name}, namespace: shop, generation: 1}
spec:
  hosts: [${name}.example]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: ${address}, locality: east}]
`)
const route = (to: string) =>
  object(`
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: route, namespace: shop, generation: 1}
spec:
  hosts: [a.example]
  http: [{route: [{destination: {host: ${to}.example}}]}]
`)

/** A mesh with its API, of which only the statuses count. */
function world() {
  const clock = new SimulatedClock()
  const conditions = new Map<string, readonly Condition[]>()
  let requests = 0
  const api = {
    async get(_kind: unknown, key: { readonly name: string }) {
      requests++
      return { metadata: { name: key.name, generation: 1 }, status: { conditions: conditions.get(key.name) } }
    },
    async patchStatus(_kind: unknown, key: { readonly name: string }, status: { conditions: readonly Condition[] }) {
      conditions.set(key.name, status.conditions)
      return {} as AnyObject
    },
  }
  const builder = new MeshBuilder({ schedule: () => {} })
  const delivery = new Delivery({ builder, clock, log: silentLog })
  const more = () => ({ findings: [], objects: [] })
  const reporting = new Reporting({
    builder,
    delivery,
    client: api as unknown as KubeClient,
    clock,
    log: silentLog,
    more,
  })
  const settle = async () => {
    for (let i = 0; i < 20; i++) {
      clock.pass(1_000)
      await new Promise(resolve => setImmediate(resolve))
    }
  }
  const put = async (...objects: readonly KubeObject[]) => {
    for (const one of objects) builder.set('', one)
    builder.flush()
    const before = requests
    reporting.wake()
    await settle()
    return requests - before
  }
  const accepted = (name: string) => conditions.get(name)?.find(c => c.type === 'Accepted')?.status
  return { delivery, reporting, put, accepted }
}

test('what was found reaches the objects, and a change that says nothing new of any asks the API for nothing', async () => {
  const { delivery, reporting, put, accepted } = world()
  delivery.begin()
  assert.ok((await put(entry('a', '10.0.0.1'), route('b'))) > 0)
  assert.deepEqual([accepted('a'), accepted('route')], ['True', 'False'])
  // An endpoint: looked at, nothing to say.
  assert.equal(await put(entry('a', '10.0.0.2')), 0)
  assert.equal(accepted('route'), 'False')
  // The service that was missing.
  assert.ok((await put(entry('b', '10.0.0.3'))) > 0)
  assert.deepEqual([accepted('b'), accepted('route')], ['True', 'True'])
  assert.ok((await put(route('c'))) > 0)
  assert.equal(accepted('route'), 'False')
  assert.deepEqual(
    reporting.findings.map(f => f.code),
    ['ISM2201'],
  )
  reporting.stop()
})
