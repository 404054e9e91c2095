import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromBinary } from '@bufbuild/protobuf'
import {
  type Cluster,
  type DestinationRule,
  defaultMeshConfig,
  type Endpoint,
  type Finding,
  type Mesh,
  type ProxyNode,
  type ProxyView,
  type Service,
  unknownLocality,
} from '@isthmus/control-plane/model/index.ts'
import { type Clock, silentLog } from '@isthmus/control-plane/runtime/index.ts'
import {
  changedNames,
  type Snapshot,
  SnapshotEngine,
  type SnapshotHandle,
  type Translator,
} from '@isthmus/control-plane/snapshot/index.ts'
import type { TranslatedPieces, TranslatedResource } from '@isthmus/control-plane/translate/translated.ts'
import type { Cluster as EnvoyCluster } from '@isthmus/envoy-api/envoy/config/cluster/v3/cluster'
import { RouteConfigurationSchema } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import fc from 'fast-check'
import {
  clusterMessage,
  endpointsMessage,
  listenerMessage,
  origin,
  routeMessage,
  staticClusterMessage,
  typeUrls,
} from '../support/tiny-snapshot.ts'

/** A mesh whose services have one endpoint for each port listed, in cluster c1. */
function mesh(services: Readonly<Record<string, readonly number[]>>, stale = false): Mesh {
  const cluster: Cluster = { name: 'c1', region: 'r1', network: '', synced: true, lastContact: 0, stale }
  const service = (hostname: string): Service => ({
    hostname,
    namespace: 'default',
    ports: [],
    addresses: new Map(),
    resolution: 'static',
    location: 'internal',
    exportTo: ['*'],
    labels: {},
    clusters: ['c1'],
    origins: [],
  })
  const names = Object.keys(services)
  return {
    config: defaultMeshConfig,
    clusters: new Map([['c1', cluster]]),
    services: new Map(names.map(name => [name, service(name)])),
    endpoints: new Map(names.map(name => [name, services[name]!.map(port => ({ port }) as Endpoint)])),
    workloads: new Map(),
    gateways: [],
    virtualServices: [],
    destinationRules: [],
    sidecars: [],
    regionalPolicies: [],
    credentials: new Map(),
  }
}

const nameOf = (hostname: string) => `outbound|80||${hostname}`
const hostOf = (name: string) => name.split('|')[3]!

/** A translation as simple as can be: one cluster a service, one route to the first, counted. */
class TestTranslator implements Translator {
  passes = 0
  assignments: string[] = []
  extra: Partial<Record<'clusters' | 'routes' | 'listeners', TranslatedResource[]>> = {}

  viewOf(node: ProxyNode, _mesh: Mesh): ProxyView {
    return {
      kind: 'gateway',
      cluster: node.cluster,
      namespace: node.namespace,
      locality: unknownLocality,
      network: '',
      labels: {},
    }
  }
  translate(_view: ProxyView, m: Mesh): TranslatedPieces {
    this.passes++
    const hosts = [...m.services.keys()].sort()
    return {
      clusters: [
        ...hosts.map(h => [clusterMessage(nameOf(h))]),
        [staticClusterMessage('BlackHoleCluster'), ...(this.extra.clusters ?? [])],
      ],
      routes: [[routeMessage('web', { '*': nameOf(hosts[0] ?? 'none') })], this.extra.routes ?? []],
      listeners: [[listenerMessage('web', 80, 'web'), ...(this.extra.listeners ?? [])]],
      secrets: [],
    }
  }
  translateEndpoints(_view: ProxyView, m: Mesh, name: string): TranslatedResource {
    this.assignments.push(name)
    return endpointsMessage(
      name,
      (m.endpoints.get(hostOf(name)) ?? []).map(e => e.port),
    )
  }
  clustersOf(_view: ProxyView, _mesh: Mesh, hostname: string): readonly string[] {
    return [nameOf(hostname)]
  }
}

const node = (pod = 'p', cluster = 'c1'): ProxyNode => ({
  id: pod,
  kind: 'gateway',
  cluster,
  namespace: 'default',
  pod,
  ip: '10.0.0.1',
  labels: {},
  locality: unknownLocality,
  network: '',
  serviceAccount: '',
  envoyVersion: '',
  redirect: 'uid',
})

/** An engine whose turns are ended by hand. */
function lab(first: Mesh | undefined) {
  const translator = new TestTranslator()
  const tasks: (() => void)[] = []
  const timers: (() => void)[] = []
  const clock: Clock = {
    now: () => 0,
    after: (_ms, task) => {
      timers.push(task)
      return () => void timers.splice(timers.indexOf(task), 1)
    },
  }
  let now = first
  let findings: readonly Finding[] = []
  const engine: SnapshotEngine = new SnapshotEngine({
    mesh: () => now,
    translator,
    log: silentLog,
    clock,
    nextTurn: task => void tasks.push(task),
    onFindings: () => {
      findings = engine.findings
    },
  })
  const turn = () => {
    while (tasks.length > 0) tasks.shift()!()
  }
  return {
    engine,
    translator,
    timers,
    turn,
    /** As they were when they were told of; who asks now hears the same. */
    findings() {
      assert.deepEqual(findings, engine.findings)
      return findings
    },
    to(m: Mesh, ...changes: Parameters<SnapshotEngine['change']>[0][]) {
      now = m
      for (const change of changes.length ? changes : [{ kind: 'rules' }]) engine.change(change)
      turn()
    },
  }
}

const map = (s: Snapshot | undefined, typeUrl: string) => s?.resources.get(typeUrl)

describe('the snapshot engine', () => {
  test('proxies with equal views share one snapshot, made once', () => {
    const l = lab(mesh({ a: [1], b: [2] }))
    const handles = [1, 2, 3].map(i => l.engine.open(node(`p${i}`), () => {}))
    assert.equal(l.translator.passes, 1)
    assert.equal(new Set(handles.map(h => h.snapshot())).size, 1)
    assert.deepEqual([...map(handles[0]!.snapshot(), typeUrls.endpoint)!.keys()], [nameOf('a'), nameOf('b')])
  })

  test('an endpoint change touches one assignment, and keeps everything else the same object', () => {
    const l = lab(mesh({ a: [1], b: [2] }))
    let told = 0
    const h = l.engine.open(node(), () => told++)
    const before = h.snapshot()!
    l.translator.assignments = []
    l.to(mesh({ a: [1, 7], b: [2] }), { kind: 'endpoints', hostnames: ['a'] })
    assert.equal(told, 1)
    const after = h.snapshot()!
    assert.equal(l.translator.passes, 1)
    assert.deepEqual(l.translator.assignments, [nameOf('a')])
    for (const type of [typeUrls.cluster, typeUrls.listener, typeUrls.route])
      assert.equal(map(after, type), map(before, type))
    const [e0, e1] = [map(before, typeUrls.endpoint)!, map(after, typeUrls.endpoint)!]
    assert.equal(e0.get(nameOf('b')), e1.get(nameOf('b')))
    assert.deepEqual(changedNames(e0, e1), [nameOf('a')])
  })

  test('a change of routes looks at no endpoint, one of a service only at its own', () => {
    const l = lab(mesh({ a: [1], b: [2] }))
    l.engine.open(node(), () => {})
    l.to(mesh({ a: [1], b: [2] }))
    l.translator.assignments = []
    l.to(mesh({ a: [1], b: [2] }), { kind: 'rules', tables: ['virtualServices'] })
    assert.deepEqual(l.translator.assignments, [])
    l.to(mesh({ a: [1], b: [2], c: [3] }), { kind: 'services', hostnames: ['c'] })
    assert.deepEqual(l.translator.assignments, [nameOf('c')])
    l.translator.assignments = []
    const ruled = { ...mesh({ a: [1], b: [2], c: [3] }), destinationRules: [{ host: 'b' } as DestinationRule] }
    l.to(ruled, { kind: 'rules', tables: ['destinationRules'] })
    assert.deepEqual(l.translator.assignments, [nameOf('b')])
  })

  test('a change that changes nothing is told to nobody', () => {
    const l = lab(mesh({ a: [1] }))
    let told = 0
    const h = l.engine.open(node(), () => told++)
    const before = h.snapshot()
    l.to(mesh({ a: [1] }))
    l.to(mesh({ a: [1] }), { kind: 'endpoints', hostnames: ['a'] })
    assert.equal(told, 0)
    assert.equal(h.snapshot(), before)
  })

  test('changes of one turn are one', () => {
    const l = lab(mesh({ a: [1] }))
    let told = 0
    l.engine.open(node(), () => told++).snapshot()
    l.to(mesh({ a: [5], b: [1] }), { kind: 'endpoints', hostnames: ['a'] }, { kind: 'services' }, { kind: 'rules' })
    assert.equal(told, 1)
    assert.equal(l.translator.passes, 2)
  })

  test('equal resources of different views are one object', () => {
    const l = lab(mesh({ a: [1] }))
    const one = l.engine.open(node('p', 'c1'), () => {})
    const two = l.engine.open(node('p', 'c2'), () => {})
    assert.equal(l.translator.passes, 2)
    assert.notEqual(one.snapshot(), two.snapshot())
    assert.equal(
      map(one.snapshot(), typeUrls.cluster)!.get(nameOf('a')),
      map(two.snapshot(), typeUrls.cluster)!.get(nameOf('a')),
    )
  })

  test('nothing is given before there is a mesh', () => {
    const l = lab(undefined)
    let told = 0
    const h = l.engine.open(node(), () => told++)
    assert.equal(h.snapshot(), undefined)
    l.to(mesh({ a: [1] }))
    assert.equal(told, 1)
    assert.ok(h.snapshot())
  })

  test('a view outlives its last proxy for a while, and is brought up to date for the next', () => {
    const l = lab(mesh({ a: [1] }))
    const h = l.engine.open(node(), () => {})
    h.close()
    l.to(mesh({ a: [2] }))
    assert.equal(l.translator.passes, 1, 'nobody needs it')
    const again = l.engine.open(node(), () => {})
    assert.equal(l.translator.passes, 2)
    assert.ok(again.snapshot())
    again.close()
    for (const timer of [...l.timers]) timer()
    assert.equal(l.engine.views.length, 0)
  })

  test("what Envoy's field rules refuse never gets out: the last good one stays, its owner is told", () => {
    const l = lab(mesh({ a: [1] }))
    const h = l.engine.open(node(), () => {})
    l.translator.extra = { clusters: [clusterMessage('x', 5)] }
    l.to(mesh({ a: [1] }))
    const good = map(h.snapshot(), typeUrls.cluster)!.get('x')
    assert.ok(good)
    const bad = clusterMessage('x', 5)
    ;(bad.message as unknown as EnvoyCluster).lbPolicy = 99 as never
    l.translator.extra = { clusters: [bad] }
    l.to(mesh({ a: [1], b: [2] }))
    assert.equal(map(h.snapshot(), typeUrls.cluster)!.get('x'), good)
    assert.ok(map(h.snapshot(), typeUrls.cluster)!.has(nameOf('b')), 'the rest goes on')
    assert.deepEqual(
      l.findings().map(f => [f.code, f.origin, /lb_policy/.test(f.message)]),
      [['ISM3001', origin, true]],
    )
    l.translator.extra = {}
    l.to(mesh({ a: [1] }))
    assert.deepEqual(l.findings(), [])
  })

  test('a route to a cluster that is not there goes to the black hole, its owner is told', () => {
    const l = lab(mesh({ a: [1] }))
    const h = l.engine.open(node(), () => {})
    l.translator.extra = {
      routes: [routeMessage('more', { 'ok.example': nameOf('a'), 'gone.example': nameOf('nowhere') })],
    }
    l.to(mesh({ a: [1] }))
    const route = fromBinary(RouteConfigurationSchema, map(h.snapshot(), typeUrls.route)!.get('more')!.bytes)
    const targets = route.virtualHosts.flatMap(v =>
      v.routes.map(r => (r.action.case === 'route' ? r.action.value.clusterSpecifier.value : '')),
    )
    assert.deepEqual(targets, [nameOf('a'), 'BlackHoleCluster'])
    assert.deepEqual(
      l.findings().map(f => f.code),
      ['ISM3002'],
    )
  })

  test('a route that did not change is looked at again when its cluster goes, and when it comes back', () => {
    const l = lab(mesh({ a: [1], b: [2] }))
    const h = l.engine.open(node(), () => {})
    // One list, so that translation gives the very same piece each time.
    l.translator.extra = { routes: [routeMessage('more', { 'b.example': nameOf('b') })] }
    l.to(mesh({ a: [1], b: [2] }))
    const good = map(h.snapshot(), typeUrls.route)!.get('more')!
    l.to(mesh({ a: [1] }))
    const other = map(h.snapshot(), typeUrls.route)!.get('more')!
    assert.match(Buffer.from(other.bytes).toString('latin1'), /BlackHoleCluster/)
    assert.deepEqual(
      l.findings().map(f => f.code),
      ['ISM3002'],
    )
    l.to(mesh({ a: [1], b: [2] }))
    assert.equal(map(h.snapshot(), typeUrls.route)!.get('more'), good)
    assert.deepEqual(l.findings(), [])
  })

  test('a listener whose route configuration is not there is held back', () => {
    const l = lab(mesh({ a: [1] }))
    const h = l.engine.open(node(), () => {})
    l.translator.extra = { listeners: [listenerMessage('orphan', 81, 'not-there')] }
    l.to(mesh({ a: [1] }))
    assert.deepEqual([...map(h.snapshot(), typeUrls.listener)!.keys()], ['web'])
    assert.deepEqual(
      l.findings().map(f => [f.code, /not-there/.test(f.message)]),
      [['ISM3002', true]],
    )
  })

  test('a service is not emptied because its cluster cannot be read', () => {
    const l = lab(mesh({ a: [1] }))
    const h = l.engine.open(node(), () => {})
    const good = map(h.snapshot(), typeUrls.endpoint)!.get(nameOf('a'))
    l.to(mesh({ a: [] }, true), { kind: 'endpoints', hostnames: ['a'] })
    assert.equal(map(h.snapshot(), typeUrls.endpoint)!.get(nameOf('a')), good)
    assert.deepEqual(
      l.findings().map(f => f.code),
      ['ISM3003'],
    )
    l.to(mesh({ a: [] }), { kind: 'endpoints', hostnames: ['a'] })
    assert.notEqual(map(h.snapshot(), typeUrls.endpoint)!.get(nameOf('a')), good)
    assert.deepEqual(l.findings(), [])
  })

  test('a translation that fails leaves proxies with what they have', () => {
    const l = lab(mesh({ a: [1] }))
    const h = l.engine.open(node(), () => {})
    const before = h.snapshot()
    const translate = l.translator.translate
    l.translator.translate = () => {
      throw new Error('a bug')
    }
    l.to(mesh({ a: [1], b: [1] }))
    assert.equal(h.snapshot(), before)
    assert.equal(l.engine.open(node('other', 'c9'), () => {}).snapshot(), undefined)
    l.translator.translate = translate
    l.to(mesh({ a: [1], b: [1] }))
    assert.ok(map(h.snapshot(), typeUrls.cluster)!.has(nameOf('b')))
  })
})

test('any order of events, reconnects and batches ends in the same bytes as a fresh start', () => {
  const hosts = ['a', 'b', 'c', 'd']
  const event = fc.oneof(
    fc.record({
      kind: fc.constant('endpoints' as const),
      host: fc.constantFrom(...hosts),
      ports: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('come' as const), host: fc.constantFrom(...hosts) }),
    fc.record({ kind: fc.constant('go' as const), host: fc.constantFrom(...hosts) }),
    fc.record({ kind: fc.constant('proxy' as const), cluster: fc.constantFrom('c1', 'c2') }),
    fc.record({ kind: fc.constant('leave' as const) }),
    fc.record({ kind: fc.constant('turn' as const) }),
  )
  const contents = (s: Snapshot | undefined) =>
    [...(s?.resources ?? [])].map(([type, m]) => [type, [...m.values()].map(r => [r.name, r.version]).sort()])
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), events => {
      let services: Record<string, readonly number[]> = { a: [1] }
      let now = mesh(services)
      const tasks: (() => void)[] = []
      const make = () =>
        new SnapshotEngine({
          mesh: () => now,
          translator: new TestTranslator(),
          log: silentLog,
          clock: { now: () => 0, after: () => () => {} },
          nextTurn: task => void tasks.push(task),
        })
      const turn = () => {
        for (const task of tasks.splice(0)) task()
      }
      const engine = make()
      const seen = new Map<string, Snapshot | undefined>()
      const open = (cluster: string) => {
        const h: SnapshotHandle = engine.open(node('p', cluster), () => void seen.set(cluster, h.snapshot()))
        seen.set(cluster, h.snapshot())
        return h
      }
      const handles = [open('c1')]
      for (const e of events) {
        if (e.kind === 'turn') turn()
        else if (e.kind === 'proxy') handles.push(open(e.cluster))
        else if (e.kind === 'leave') handles.length > 1 && handles.pop()!.close()
        else {
          const { [e.host]: had, ...others } = services
          if (e.kind === 'go') services = others
          else if (e.kind === 'come') services = { ...others, [e.host]: had ?? [] }
          else if (had) services = { ...others, [e.host]: e.ports }
          now = mesh(services)
          engine.change({ kind: e.kind === 'endpoints' ? 'endpoints' : 'services', hostnames: [e.host] })
        }
      }
      turn()
      const fresh = make()
        .open(node(), () => {})
        .snapshot()
      for (const h of handles) assert.deepEqual(contents(h.snapshot()), contents(fresh))
      // What a proxy was told of last is what there is: no change passes by unsaid.
      assert.deepEqual(contents(seen.get('c1')), contents(fresh))
    }),
    { numRuns: 300 },
  )
})
