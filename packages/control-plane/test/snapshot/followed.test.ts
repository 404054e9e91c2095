import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type {
  DestinationRule,
  Endpoint,
  Mesh,
  ProxyNode,
  Service,
  SidecarScope,
  VirtualService,
} from '../../src/model/index.ts'
import { byAge } from '../../src/model/index.ts'
import { silentLog } from '../../src/runtime/index.ts'
import { type MeshChange, type Snapshot, SnapshotEngine } from '../../src/snapshot/index.ts'
import { viewOf } from '../../src/sources/index.ts'
import { clustersOf, endpointsInClusters, translateEndpoints, translatePieces } from '../../src/translate/index.ts'
import { ownViews } from '../support/own-views.ts'
import {
  destinationRule,
  endpoint,
  http,
  mesh,
  origin,
  port,
  service,
  shanghai,
  to,
  virtualService,
} from '../translate/world.ts'

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
  [undefined, destinationRule('*.default.svc.cluster.local', ['v1', 'v3'])],
]
const virtualServices: readonly (readonly (VirtualService | undefined)[])[] = [
  [undefined, virtualService('a', { http: [http({ route: [to('b', 'v1')] })] })],
  [undefined, virtualService('c', { http: [http({ route: [to('a', 'v2', 50), to('d', undefined, 50)] })] })],
  [undefined, virtualService('x.example', { http: [http({ route: [to('b')] })] })],
  [undefined, virtualService('*.example', { http: [http({ route: [to('a', 'v1')] })] })],
  [undefined, { ...virtualService('c', { tcp: [{ match: [], route: [to('b', 'v2')] }] }), name: 'c-tcp' }],
]
const sidecars: readonly (readonly (SidecarScope | undefined)[])[] = [
  [
    undefined,
    {
      ...{ name: 'scope', namespace: 'default', createdAt: 0, exportTo: ['*'], origin: origin('Sidecar', 'scope') },
      ...{ workloadSelector: {}, egressHosts: ['./a.default.svc.cluster.local', './c.default.svc.cluster.local'] },
    },
  ],
]
const addresses: readonly (readonly (readonly [string, readonly Endpoint[]] | undefined)[])[] = ['a', 'b', 'd'].map(
  name => {
    const host = `${name}.default.svc.cluster.local`
    const one = endpoint('10.0.0.1', 9080, { labels: { version: 'v1' } })
    const other = endpoint('10.0.0.2', 9080, { labels: { version: 'v2' }, locality: shanghai })
    return [undefined, [host, [one]], [host, [one, other]], [host, [{ ...other, health: 'unhealthy' as const }]]]
  },
)

/** Many more that stand between those, so that lists are in pieces: three groups, each of which may be there. */
const crowds = ['a', 'b', 'c'].map((letter, group) =>
  Array.from({ length: 70 }, (_, i) => service(`${letter}-${100 + i}`, at(`172.17.${group}.${i}`))),
)
const crowd = fc.subarray(crowds).map(groups => groups.flat())
const amongThem: readonly (readonly (DestinationRule | undefined)[])[] = [
  [undefined, destinationRule('b-130', ['v1']), destinationRule('b-130', ['v2'])],
  [undefined, destinationRule('c-101', ['v1'])],
]
const routedAmongThem: readonly (readonly (VirtualService | undefined)[])[] = [
  [undefined, virtualService('b-169', { http: [http({ route: [to('a')] })] })],
  [undefined, virtualService('a-135', { http: [http({ route: [to('b-130', 'v1', 50), to('d', undefined, 50)] })] })],
]

/** Rules that stay: one that changes is few among them. */
const crowdedRules = crowds[2]!.slice(10, 40).map(({ hostname }) => destinationRule(hostname.split('.')[0]!, ['v1']))
const crowdedRoutes = crowds[1]!.slice(0, 30).map(({ hostname }) => virtualService(hostname.split('.')[0]!))

const choice = <T>(kinds: readonly (readonly T[])[]) =>
  fc.tuple(...kinds.map(ways => fc.constantFrom(...ways))).map(all => all.filter(one => one !== undefined))

type Step =
  | { readonly kind: 'services'; readonly value: readonly Service[] }
  | { readonly kind: 'service'; readonly value: readonly [string, Service | undefined] }
  | { readonly kind: 'destinationRules'; readonly value: readonly DestinationRule[] }
  | { readonly kind: 'virtualServices'; readonly value: readonly VirtualService[] }
  | { readonly kind: 'sidecars'; readonly value: readonly SidecarScope[] }
  | { readonly kind: 'endpoints'; readonly value: readonly (readonly [string, readonly Endpoint[]])[] }

/** One service is another, or gone; all others stay. */
const oneService = fc.constantFrom(...services.flatMap(ways => ways.map(way => [ways[1]!.hostname, way] as const)))

const stepOf = (crowded: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: crowded ? 3 : 1, arbitrary: oneService.map(value => ({ kind: 'service' as const, value })) },
    fc.tuple(choice(services), crowded ? crowd : fc.constant([])).map(([few, many]) => ({
      kind: 'services' as const,
      value: [...few, ...many] as Service[],
    })),
    choice(crowded ? [...rules, ...amongThem] : rules).map(value => ({
      kind: 'destinationRules' as const,
      value: [...(value as DestinationRule[]), ...(crowded ? crowdedRules : [])].sort(byAge),
    })),
    choice(crowded ? [...virtualServices, ...routedAmongThem] : virtualServices).map(value => ({
      kind: 'virtualServices' as const,
      value: [...(value as VirtualService[]), ...(crowded ? crowdedRoutes : [])].sort(byAge),
    })),
    choice(sidecars).map(value => ({ kind: 'sidecars' as const, value: value as SidecarScope[] })),
    choice(addresses).map(value => ({
      kind: 'endpoints' as const,
      value: value as (readonly [string, readonly Endpoint[]])[],
    })),
  )

const node: ProxyNode = {
  ...{ id: 'sidecar', kind: 'sidecar', cluster: 'ack-hangzhou', namespace: 'default', pod: 'p', ip: '10.0.0.1' },
  ...{ labels: {}, network: '', serviceAccount: '', envoyVersion: '', redirect: 'uid' },
  locality: { region: 'cn-hangzhou', zone: '', subzone: '' },
}
const elsewhere: ProxyNode = { ...node, id: 'elsewhere', locality: shanghai }
const stranger: ProxyNode = { ...node, id: 'stranger', namespace: 'shop' }
const nodes = [node, elsewhere, stranger]
const translation = { translate: translatePieces, translateEndpoints, clustersOf, endpointsInClusters }
const endpoints = { d: [endpoint('a.default.svc.cluster.local', 9080)], a: [endpoint('10.0.0.1', 9080)] }

/** The next mesh, and what the mesh builder would say is different. */
function after(before: Mesh, step: Step): { now: Mesh; changes: MeshChange[] } {
  if (step.kind === 'services' || step.kind === 'service') {
    const now = step.kind === 'services' ? new Map(step.value.map(s => [s.hostname, s])) : new Map(before.services)
    if (step.kind === 'service') {
      const [hostname, one] = step.value
      if (one) now.set(hostname, one)
      else now.delete(hostname)
    }
    return {
      now: { ...before, services: now },
      changes: [{ kind: 'services', hostnames: different(before.services, now) }],
    }
  }
  if (step.kind === 'endpoints') {
    const now = new Map(step.value)
    const hostnames = different(before.endpoints, now)
    return { now: { ...before, endpoints: now }, changes: [{ kind: 'endpoints', hostnames }] }
  }
  return { now: { ...before, [step.kind]: step.value }, changes: [{ kind: 'rules', tables: [step.kind] }] }
}

function different<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter(host => a.get(host) !== b.get(host))
}

/** Names in their order, and what they say. */
function text(snapshot: Snapshot | undefined): unknown {
  return [...(snapshot?.resources ?? [])].map(([type, map]) => [type, [...map].map(([n, r]) => [n, r.version])])
}

/** Follows the steps, and compares at the end with views that begin there. */
function follow(steps: readonly Step[], together: readonly boolean[]): void {
  let now = mesh({ endpoints })
  let turn = () => {}
  const nextTurn = (task: () => void) => {
    turn = task
  }
  const engine = (current: () => Mesh) =>
    new SnapshotEngine({
      mesh: current,
      translator: { viewOf: ownViews(viewOf), ...translation },
      ...{ log: silentLog, nextTurn },
    })
  const followed = engine(() => now)
  const handles = nodes.map(n => followed.open({ ...n }, () => {}))
  turn()
  for (const [i, step] of steps.entries()) {
    const next = after(now, step)
    now = next.now
    for (const change of next.changes) followed.change(change)
    // Several changes in one turn are followed as one.
    if (!together[i]) turn()
  }
  turn()
  // Other objects, so that nothing is shared with what was followed.
  const copy = structuredClone(now)
  const fresh = engine(() => copy)
  for (const [i, n] of nodes.entries()) {
    const wanted = fresh.open({ ...n }, () => {}).snapshot()
    assert.deepEqual(text(handles[i]!.snapshot()), text(wanted), n.id)
  }
}

test('views that followed any changes hold what those hold that begin with the last mesh', () => {
  const steps = fc.array(stepOf(false), { minLength: 1, maxLength: 10 })
  fc.assert(fc.property(steps, fc.array(fc.boolean()), follow), { numRuns: 300 })
})

test('so do views of so many services that their lists are in pieces', () => {
  const steps = fc.array(stepOf(true), { minLength: 1, maxLength: 12 })
  fc.assert(fc.property(steps, fc.array(fc.boolean()), follow), { numRuns: 60 })
})
