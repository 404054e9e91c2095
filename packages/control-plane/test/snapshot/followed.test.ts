import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { DestinationRule, Mesh, ProxyNode, Service, VirtualService } from '../../src/model/index.ts'
import { silentLog } from '../../src/runtime/index.ts'
import { type Snapshot, SnapshotEngine } from '../../src/snapshot/index.ts'
import { viewOf } from '../../src/sources/index.ts'
import { clustersOf, endpointsInClusters, translate, translateEndpoints } from '../../src/translate/index.ts'
import { destinationRule, endpoint, http, mesh, port, service, to, virtualService } from '../translate/world.ts'

/* The real translation, followed through any changes, against one that begins with the last mesh. */

const at = (address: string) => ({ addresses: new Map([['ack-hangzhou', address === '' ? [] : [address]]]) })

/** Each has some ways to be; undefined is that it is not there. */
const services: readonly (readonly (Service | undefined)[])[] = [
  [undefined, service('a', at('172.16.0.1')), service('a', { ...at('172.16.0.1'), ports: [port(80)] })],
  [undefined, service('b', at('172.16.0.2')), service('b', at('172.16.0.1')), service('b', at(''))],
  [undefined, service('c', at('172.16.0.3')), service('c', { ...at('172.16.0.2'), ports: [port(9080, 'TCP')] })],
  [undefined, service('d', { ...at(''), resolution: 'dns' }), service('d', { ...at(''), resolution: 'headless' })],
]
const rules: readonly (readonly (DestinationRule | undefined)[])[] = [
  [undefined, destinationRule('a', ['v1']), destinationRule('a', ['v1', 'v2'])],
  [undefined, destinationRule('b', ['v1']), destinationRule('b', ['v2'])],
]
const virtualServices: readonly (readonly (VirtualService | undefined)[])[] = [
  [undefined, virtualService('a', { http: [http({ route: [to('b', 'v1')] })] })],
  [undefined, virtualService('c', { http: [http({ route: [to('a', 'v2', 50), to('d', undefined, 50)] })] })],
  [undefined, virtualService('x.example', { http: [http({ route: [to('b')] })] })],
]

const choice = <T>(kinds: readonly (readonly T[])[]) =>
  fc.tuple(...kinds.map(ways => fc.constantFrom(...ways))).map(all => all.filter(one => one !== undefined))

type Step =
  | { readonly kind: 'services'; readonly value: readonly Service[] }
  | { readonly kind: 'destinationRules'; readonly value: readonly DestinationRule[] }
  | { readonly kind: 'virtualServices'; readonly value: readonly VirtualService[] }

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  choice(services).map(value => ({ kind: 'services' as const, value: value as Service[] })),
  choice(rules).map(value => ({ kind: 'destinationRules' as const, value: value as DestinationRule[] })),
  choice(virtualServices).map(value => ({ kind: 'virtualServices' as const, value: value as VirtualService[] })),
)

const node: ProxyNode = {
  ...{ id: 'sidecar', kind: 'sidecar', cluster: 'ack-hangzhou', namespace: 'default', pod: 'p', ip: '10.0.0.1' },
  ...{ labels: {}, network: '', serviceAccount: '', envoyVersion: '', redirect: 'uid' },
  locality: { region: 'cn-hangzhou', zone: '', subzone: '' },
}
const translator = { viewOf, translate, translateEndpoints, clustersOf, endpointsInClusters }
const endpoints = { d: [endpoint('a.default.svc.cluster.local', 9080)], a: [endpoint('10.0.0.1', 9080)] }

function after(before: Mesh, step: Step): Mesh {
  if (step.kind === 'services') return { ...before, services: new Map(step.value.map(s => [s.hostname, s])) }
  return { ...before, [step.kind]: step.value }
}

/** Names in their order, and what they say. */
function text(snapshot: Snapshot | undefined): unknown {
  return [...(snapshot?.resources ?? [])].map(([type, map]) => [type, [...map].map(([n, r]) => [n, r.version])])
}

test('a view that followed any changes holds what one holds that begins with the last mesh', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 1, maxLength: 8 }), steps => {
      let now = mesh({ endpoints })
      let turn = () => {}
      const nextTurn = (task: () => void) => {
        turn = task
      }
      const engine = (current: () => Mesh) =>
        new SnapshotEngine({ mesh: current, translator, log: silentLog, nextTurn })
      const followed = engine(() => now)
      const handle = followed.open(node, () => {})
      for (const step of steps) {
        now = after(now, step)
        followed.change(step.kind === 'services' ? { kind: 'everything' } : { kind: 'rules', tables: [step.kind] })
        turn()
      }
      const fresh = engine(() => now).open({ ...node }, () => {})
      assert.deepEqual(text(handle.snapshot()), text(fresh.snapshot()))
    }),
    { numRuns: 150 },
  )
})
