import assert from 'node:assert/strict'
import { test } from 'node:test'
import { validate as violations } from '@isthmus/envoy-api/validation'
import fc from 'fast-check'
import {
  type DestinationRule,
  type Mesh,
  type Protocol,
  type ProxyView,
  type RegionalTrafficPolicy,
  type Service,
  unknownLocality,
  type VirtualService,
} from '../../src/model/index.ts'
import { clustersOf, translate, translateEndpoints } from '../../src/translate/index.ts'
import { ownView } from '../support/own-views.ts'
import { json } from './envoy.ts'
import {
  destinationRule,
  endpoint,
  gateway,
  gatewayView,
  hangzhou,
  http,
  inbound,
  match,
  mesh,
  origin,
  service,
  shanghai,
  sidecar,
  to,
  trafficPolicy,
  virtualService,
} from './world.ts'

const names = ['a', 'b', 'c', 'd'] as const
const versions = ['v1', 'v2', 'v3'] as const
const numbers = [80, 443, 9080, 15021] as const
const protocols: readonly Protocol[] = ['HTTP', 'HTTP2', 'GRPC', 'TCP', 'TLS', 'HTTPS', 'UDP']

const anyService: fc.Arbitrary<Service> = fc
  .record({
    name: fc.constantFrom(...names),
    namespace: fc.constantFrom('default', 'other'),
    ports: fc.array(fc.tuple(fc.constantFrom(...numbers), fc.constantFrom(...protocols)), {
      minLength: 1,
      maxLength: 3,
    }),
    resolution: fc.constantFrom('static', 'dns', 'none', 'headless'),
    addresses: fc.constantFrom([], ['172.16.0.1'], ['172.16.0.2', '10.9.0.0/16']),
    exportTo: fc.constantFrom(['*'], ['.'], ['other']),
  })
  .map(({ name, namespace, ports, resolution, addresses, exportTo }) =>
    service(name, {
      namespace,
      exportTo,
      resolution: resolution as Service['resolution'],
      ports: ports.map(([number, protocol], i) => ({ name: `p${i}`, number, protocol })),
      addresses: new Map([['ack-hangzhou', addresses]]),
    }),
  )

const anyRule: fc.Arbitrary<DestinationRule> = fc
  .tuple(fc.constantFrom(...names), fc.subarray([...versions]), fc.constantFrom('default', 'other', 'istio-system'))
  .map(([host, subsets, namespace]) => destinationRule(host, subsets, { namespace }))

const destination = fc
  .tuple(
    fc.constantFrom(...names, 'nobody'),
    fc.option(fc.constantFrom(...versions), { nil: undefined }),
    fc.option(fc.constantFrom(...numbers), { nil: undefined }),
    fc.constantFrom(0, 0, 1, 50),
  )
  .map(([host, subset, port, weight]) => to(host, subset, weight, port))

const anyVirtualService: fc.Arbitrary<VirtualService> = fc
  .record({
    name: fc.constantFrom(...names),
    gateways: fc.subarray(['mesh', 'default/edge'], { minLength: 1 }),
    routes: fc.array(fc.array(destination, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    port: fc.option(fc.constantFrom(...numbers), { nil: undefined }),
    hosts: fc.constantFrom<readonly string[]>([], ['*'], ['x.example'], ['*.example']),
  })
  .map(({ name, gateways, routes, port, hosts }) =>
    virtualService(name, {
      gateways,
      ...(hosts.length > 0 ? { hosts } : {}),
      http: routes.map((route, i) =>
        http({ match: i === 0 ? [match({ port, uri: { kind: 'prefix', value: '/x' } })] : [], route }),
      ),
      tcp: routes.map(route => ({ match: [], route })),
    }),
  )

const anyMesh: fc.Arbitrary<Mesh> = fc
  .record({
    services: fc.uniqueArray(anyService, { maxLength: 6, selector: s => s.hostname }),
    destinationRules: fc.array(anyRule, { maxLength: 4 }),
    virtualServices: fc.array(anyVirtualService, { maxLength: 4 }),
  })
  .map(parts =>
    mesh({
      ...parts,
      endpoints: Object.fromEntries(
        parts.services.map(s => [
          s.hostname,
          s.ports.flatMap((p, i) => [
            endpoint(`10.0.0.${i}`, p.number, { portName: p.name, labels: { version: 'v1' } }),
            endpoint(`10.1.0.${i}`, p.number, { portName: p.name, labels: { version: 'v2' }, locality: shanghai }),
          ]),
        ]),
      ),
      gateways: [
        gateway('edge', [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }]),
        gateway('tcp', [{ port: { number: 443, name: 'tcp', protocol: 'TCP' }, hosts: ['*'] }], { name: 'edge' }),
      ],
    }),
  )

const views: readonly ProxyView[] = [
  sidecar({ inbound: [inbound('a', 9080), inbound('b', 9080, 'TCP')] }),
  sidecar({ namespace: 'other', redirect: 'none' }),
  gatewayView(),
]

function* clusterNames(value: unknown, key = ''): Generator<string> {
  if (Array.isArray(value)) for (const v of value) yield* clusterNames(v, key)
  else if (value && typeof value === 'object')
    for (const [k, v] of Object.entries(value))
      yield* clusterNames(v, key === 'clusters' && k === 'name' ? 'cluster' : k)
  else if (key === 'cluster' && typeof value === 'string') yield value
}

test('whatever the mesh: names are unique, nothing refers to what is not there, EDS clusters are known by their host', () => {
  fc.assert(
    fc.property(anyMesh, m => {
      for (const view of views) {
        const t = translate(view, m)
        for (const kind of ['clusters', 'listeners', 'routes', 'secrets'] as const) {
          const all = t[kind].map(r => r.name)
          assert.equal(new Set(all).size, all.length, `${kind}: ${all}`)
        }
        const clusters = new Set(t.clusters.map(c => c.name))
        const routes = new Set(t.routes.map(r => r.name))
        for (const r of [...t.routes, ...t.listeners]) {
          const text = json(r.schema, r.message)
          assert.deepEqual(violations(r.schema, r.message), [], r.name)
          for (const name of clusterNames(text)) assert.ok(clusters.has(name), `${r.name} → ${name}`)
          for (const [, name] of JSON.stringify(text).matchAll(/"routeConfigName":"([^"]*)"/g))
            assert.ok(routes.has(name!), `${r.name} → route ${name}`)
        }
        for (const r of t.routes) {
          const domains = (json(r.schema, r.message).virtualHosts as { domains: string[] }[]).flatMap(h => h.domains)
          assert.equal(new Set(domains).size, domains.length, `${r.name}: ${domains}`)
        }
        const eds = t.clusters.filter(c => 'edsClusterConfig' in json(c.schema, c.message)).map(c => c.name)
        const known = [...m.services.keys()].flatMap(host => clustersOf(view, m, host))
        assert.deepEqual([...known].sort(), [...eds].sort())
      }
    }),
    { numRuns: 150 },
  )
})

test('what a view was made of before does not show', () => {
  fc.assert(
    fc.property(anyMesh, anyMesh, fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }), (a, b, steps) => {
      // The parts of two meshes in any mixture, as changes come.
      const parts = ['services', 'destinationRules', 'virtualServices', 'endpoints'] as const
      const taken = Object.fromEntries(steps.map(step => [parts[step]!, b[parts[step]!]]))
      const mixture: Mesh = { ...a, ...taken }
      for (const view of views) {
        const kept = ownView(view)
        translate(kept, a)
        assert.deepEqual(everything(kept, mixture), alone(view, mixture))
      }
    }),
    { numRuns: 60 },
  )
})

/** Policies that decide differently for places: failover and shares from Hangzhou, outlier detection everywhere. */
const policies: readonly RegionalTrafficPolicy[] = [
  {
    ...{ name: 'default', namespace: 'istio-system', createdAt: 0, exportTo: ['*'], services: [] },
    origin: origin('RegionalTrafficPolicy', 'default', 'istio-system'),
    failover: { enabled: true, rules: [{ from: 'cn-hangzhou', to: ['cn-shanghai'], only: false }] },
    distribution: {
      enabled: true,
      at: 'everyHop',
      rules: [{ from: 'cn-hangzhou', to: { 'cn-hangzhou': 90, 'cn-shanghai': 10 } }],
    },
  },
]
const rule = (name: string) =>
  destinationRule(name, ['v1'], {
    trafficPolicy: trafficPolicy({
      tls: name === 'a' ? { mode: 'SIMPLE', credentialName: 'ca', subjectAltNames: [] } : undefined,
      outlierDetection: { consecutive5xxErrors: 5 },
      loadBalancer: {
        simple: 'ROUND_ROBIN',
        localityLbSetting: { enabled: true, distribute: [], failover: [], failoverPriority: [] },
      },
    }),
  })

/** Called at an address of its own, in whatever cluster. */
const withOwnAddress = (s: Service, i: number): Service => ({
  ...s,
  addresses: new Map([...s.addresses, ['', [`172.18.0.${i}`]]]),
})

/** A rule that asks who calls. */
const asking = (name: string) =>
  virtualService(name, {
    http: [
      http({ match: [match({ sourceNamespace: 'other' })], route: [to('c')] }),
      http({ match: [match({ sourceLabels: { app: 'shop' } })], route: [to('d')] }),
      http({ route: [to(name)] }),
    ],
  })

test('what was made for views elsewhere does not show', () => {
  const anyPlace = fc.record({
    locality: fc.constantFrom(hangzhou, shanghai, unknownLocality),
    cluster: fc.constantFrom('ack-hangzhou', 'ack-shanghai', 'elsewhere'),
    labels: fc.constantFrom<Record<string, string>>({}, { app: 'shop' }),
    network: fc.constantFrom('', 'vpc'),
  })
  const anyClient = fc.record({ place: anyPlace, namespace: fc.constantFrom(undefined, 'default', 'other') })
  const some = fc.subarray([...names])
  fc.assert(
    fc.property(
      anyMesh,
      fc.array(anyClient, { minLength: 4, maxLength: 6 }),
      fc.boolean(),
      ...[some, some],
      (plain, clients, policed, ruled, routed) => {
        const m: Mesh = {
          ...plain,
          services: new Map([...plain.services].map(([host, s], i) => [host, withOwnAddress(s, i)])),
          regionalPolicies: policed ? policies : [],
          destinationRules: [...plain.destinationRules, ...ruled.map(rule)],
          virtualServices: [...routed.map(asking), ...plain.virtualServices],
          credentials: new Map([['other/ca', { key: 'key', certificate: 'certificate', caCertificate: 'ca' }]]),
        }
        for (const { place, namespace } of clients) {
          for (const one of views) {
            const view: ProxyView = { ...one, ...place, namespace: namespace ?? one.namespace }
            assert.deepEqual(everything(view, m), alone(view, m))
          }
        }
      },
    ),
    { numRuns: 150 },
  )
})

function everything(view: ProxyView, m: Mesh): unknown[] {
  const t = translate(view, m)
  return [...t.clusters, ...t.listeners, ...t.routes, ...t.secrets].map(r => [json(r.schema, r.message), r.origins])
}

/** The same of copies that nothing is remembered of. */
function alone(view: ProxyView, m: Mesh): unknown[] {
  return everything(ownView(view), structuredClone(m))
}

test('what proxies call is made once for all that are alike but in what they serve', () => {
  const m = mesh({ services: [service('a'), service('b')], destinationRules: [destinationRule('a', ['v1'])] })
  const [one, other] = [
    sidecar({ inbound: [inbound('a', 9080)] }),
    sidecar({ inbound: [inbound('b', 9443, 'TCP')] }),
  ].map(view => translate(view, m))
  const names = (t: typeof one) => t!.clusters.map(c => c.name).filter(name => name.startsWith('inbound|'))
  assert.deepEqual([names(one), names(other)], [['inbound|9080||'], ['inbound|9443||']])
  for (const kind of ['clusters', 'listeners', 'routes'] as const) {
    const outbound = one![kind].filter(r => !/inbound|virtual/i.test(r.name) && r.name.includes('9080'))
    assert.ok(outbound.length > 0, kind)
    for (const resource of outbound) assert.ok(other![kind].includes(resource), resource.name)
  }
})

test('a change of one rule leaves the messages of all other clusters as they are', () => {
  const rules = [destinationRule('a', ['v1']), destinationRule('b', ['v1'])]
  const before = mesh({ services: [service('a'), service('b')], destinationRules: rules })
  const after = { ...before, destinationRules: [rules[0]!, destinationRule('b', ['v2'])] }
  const view = sidecar()
  const messages = (m: Mesh) => new Map(translate(view, m).clusters.map(c => [c.name, c.message]))
  const [old, fresh] = [messages(before), messages(after)]
  for (const subset of ['', 'v1']) {
    const name = `outbound|9080|${subset}|a.default.svc.cluster.local`
    assert.equal(old.get(name), fresh.get(name))
  }
  assert.notEqual(
    old.get('outbound|9080||b.default.svc.cluster.local'),
    fresh.get('outbound|9080||b.default.svc.cluster.local'),
  )
})

test('the order in which services and endpoints come does not matter', () => {
  fc.assert(
    fc.property(anyMesh, m => {
      const turned: Mesh = {
        ...m,
        services: new Map([...m.services].reverse()),
        endpoints: new Map([...m.endpoints].reverse().map(([host, list]) => [host, [...list].reverse()])),
      }
      for (const view of views) {
        const text = (world: Mesh) => {
          const t = translate(view, world)
          return [...t.clusters, ...t.listeners, ...t.routes].map(r => json(r.schema, r.message))
        }
        assert.deepEqual(text(m), text(turned))
        for (const host of m.services.keys())
          for (const name of clustersOf(view, m, host))
            assert.deepEqual(translateEndpoints(view, m, name).message, translateEndpoints(view, turned, name).message)
      }
    }),
    { numRuns: 50 },
  )
})
