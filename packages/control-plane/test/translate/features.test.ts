import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Mesh, ProxyView, TrafficPolicy } from '../../src/model/index.ts'
import { translate } from '../../src/translate/index.ts'
import { assignments, bootstrapOf, json, scratch, validate } from './envoy.ts'
import {
  destinationRule,
  endpoint,
  fqdn,
  gateway,
  gatewayView,
  http,
  inbound,
  match,
  mesh,
  port,
  service,
  sidecar,
  to,
  trafficPolicy,
  virtualService,
} from './world.ts'

type Json = Record<string, unknown>
type Kind = 'clusters' | 'listeners' | 'routes' | 'secrets'

/** A resource as JSON, with a path into it. */
function one(view: ProxyView, m: Mesh, kind: Kind, name: string): Json {
  const found = translate(view, m)[kind].find(r => r.name === name)
  assert.ok(found, `${kind} ${name}; there are ${translate(view, m)[kind].map(r => r.name)}`)
  return json(found.schema, found.message)
}

async function accepted(view: ProxyView, m: Mesh) {
  using at = scratch()
  await validate(bootstrapOf(at.dir, translate(view, m), assignments(view, m)))
}

const clusterWith = (policy: Partial<TrafficPolicy>, name = 'outbound|9080||reviews.default.svc.cluster.local') => {
  const m = mesh({
    services: [service('reviews')],
    destinationRules: [destinationRule('reviews', ['v1'], { trafficPolicy: trafficPolicy(policy) })],
  })
  return one(sidecar(), m, 'clusters', name)
}

test('load balancers', async () => {
  assert.equal(clusterWith({}).lbPolicy, 'LEAST_REQUEST')
  assert.equal(clusterWith({ loadBalancer: { simple: 'RANDOM' } }).lbPolicy, 'RANDOM')
  assert.equal(clusterWith({ loadBalancer: { simple: 'PASSTHROUGH' } }).type, 'ORIGINAL_DST')
  const hash = { consistentHash: { key: { kind: 'header' as const, name: 'x-user' }, maglev: {} } }
  assert.equal(clusterWith({ loadBalancer: hash }).lbPolicy, 'MAGLEV')
  const m = mesh({
    services: [service('reviews')],
    destinationRules: [
      destinationRule('reviews', [], {
        trafficPolicy: trafficPolicy({
          loadBalancer: { consistentHash: { key: { kind: 'cookie', name: 'user', ttlMs: 0 } } },
        }),
      }),
    ],
  })
  const route = JSON.stringify(one(sidecar(), m, 'routes', 'reviews.default.svc.cluster.local:9080'))
  assert.match(route, /"hashPolicy":\[{"cookie":{"name":"user","ttl":"0s"/)
  await accepted(sidecar(), m)
})

test('connection pools and outlier detection as the tutorial writes them', () => {
  const c = clusterWith({
    connectionPool: { http: { maxRequestsPerConnection: 1, http2MaxRequests: 7 }, tcp: { connectTimeoutMs: 250 } },
    outlierDetection: { consecutive5xxErrors: 1, intervalMs: 1000, baseEjectionTimeMs: 60_000 },
  })
  assert.equal(c.connectTimeout, '0.250s')
  assert.equal((c.outlierDetection as Json).consecutive5xx, 1)
  assert.equal((c.outlierDetection as Json).baseEjectionTime, '60s')
  assert.match(JSON.stringify(c.circuitBreakers), /"maxRequests":7/)
  assert.match(JSON.stringify(c.typedExtensionProtocolOptions), /"maxRequestsPerConnection":1/)
  assert.equal((c.commonLbConfig as Json).updateMergeWindow, '0s')
})

test("a subset inherits the destination's policy, a port-level setting does not", () => {
  const m = mesh({
    services: [service('reviews', { ports: [port(9080), port(9443, 'HTTP', 'other')] })],
    destinationRules: [
      destinationRule('reviews', [], {
        trafficPolicy: trafficPolicy({
          loadBalancer: { simple: 'ROUND_ROBIN' },
          connectionPool: { tcp: { connectTimeoutMs: 1000 } },
          portLevelSettings: new Map([[9443, { loadBalancer: { simple: 'RANDOM' as const } }]]),
        }),
        subsets: [
          {
            name: 'v1',
            labels: { version: 'v1' },
            trafficPolicy: trafficPolicy({ loadBalancer: { simple: 'RANDOM' } }),
          },
        ],
      }),
    ],
  })
  const get = (portNumber: number, subset = '') => {
    const c = one(sidecar(), m, 'clusters', `outbound|${portNumber}|${subset}|${fqdn('reviews')}`)
    return [c.lbPolicy ?? 'ROUND_ROBIN', c.connectTimeout]
  }
  assert.deepEqual(get(9080), ['ROUND_ROBIN', '1s'])
  assert.deepEqual(get(9080, 'v1'), ['RANDOM', '1s'])
  assert.deepEqual(get(9443), ['RANDOM', '10s'])
})

test("DestinationRules are looked up in the client's namespace, then the service's, then the root's; several are merged", () => {
  const rule = (namespace: string, simple: 'RANDOM' | 'ROUND_ROBIN', exportTo = ['*']) =>
    destinationRule('reviews.shop.svc.cluster.local', [], {
      namespace,
      exportTo,
      trafficPolicy: trafficPolicy({ loadBalancer: { simple } }),
    })
  const reviews = service('reviews', { namespace: 'shop' })
  const lb = (destinationRules: Mesh['destinationRules'], host = 'outbound|9080||reviews.shop.svc.cluster.local') =>
    one(sidecar(), mesh({ services: [reviews], destinationRules }), 'clusters', host).lbPolicy ?? 'ROUND_ROBIN'
  assert.equal(lb([rule('istio-system', 'RANDOM')]), 'RANDOM')
  assert.equal(lb([rule('istio-system', 'RANDOM'), rule('shop', 'ROUND_ROBIN')]), 'ROUND_ROBIN')
  assert.equal(lb([rule('shop', 'ROUND_ROBIN', ['.'])]), 'LEAST_REQUEST')
  assert.equal(lb([rule('shop', 'ROUND_ROBIN'), rule('default', 'RANDOM')]), 'RANDOM')
  const merged = mesh({
    services: [reviews],
    destinationRules: [
      destinationRule('reviews.shop.svc.cluster.local', ['v1'], { namespace: 'shop' }),
      destinationRule('reviews.shop.svc.cluster.local', ['v2'], { namespace: 'shop' }),
    ],
  })
  const names = translate(sidecar(), merged).clusters.map(c => c.name)
  for (const v of ['v1', 'v2']) assert.ok(names.includes(`outbound|9080|${v}|reviews.shop.svc.cluster.local`))
})

test('TLS to the origin, with files, by SDS', async () => {
  const c = clusterWith({
    tls: {
      mode: 'MUTUAL',
      clientCertificate: '/certs/tls.crt',
      privateKey: '/certs/tls.key',
      caCertificates: '/certs/ca.crt',
      subjectAltNames: ['reviews.example'],
      sni: 'reviews.example',
    },
  })
  const text = JSON.stringify(c.transportSocket)
  for (const part of ['"sni":"reviews.example"', 'file-cert:/certs/tls.crt~/certs/tls.key', 'file-root:/certs/ca.crt'])
    assert.ok(text.includes(part), part)
  const m = mesh({
    services: [service('api.example.com', { resolution: 'dns', ports: [port(443, 'HTTP')], addresses: new Map() })],
    destinationRules: [
      destinationRule('api.example.com', [], {
        trafficPolicy: trafficPolicy({ tls: { mode: 'SIMPLE', subjectAltNames: [] } }),
      }),
    ],
  })
  assert.deepEqual(
    translate(sidecar(), m).secrets.map(s => s.name),
    ['file-root:system'],
  )
  await accepted(sidecar(), m)
})

test('ServiceEntries: resolved by name, by address, or not at all', async () => {
  const m = mesh({
    services: [
      service('api.example.com', {
        resolution: 'dns',
        ports: [port(80), port(443, 'TLS', 'tls')],
        addresses: new Map(),
      }),
      service('*.wild.example', { resolution: 'none', ports: [port(443, 'TLS')], addresses: new Map() }),
      service('db.example', {
        resolution: 'static',
        ports: [port(3306, 'TCP')],
        addresses: new Map([['', ['240.0.0.9']]]),
      }),
      service('net.example', {
        resolution: 'none',
        ports: [port(5000, 'TCP')],
        addresses: new Map([['', ['10.9.0.0/16']]]),
      }),
    ],
    endpoints: { 'db.example': [endpoint('10.0.0.1', 3306, { portName: 'tcp' })] },
  })
  const t = translate(sidecar(), m)
  assert.deepEqual(
    t.listeners.map(l => l.name).filter(n => !n.startsWith('virtual')),
    ['0.0.0.0_443', '0.0.0.0_5000', '0.0.0.0_80', '240.0.0.9_3306'],
  )
  const dns = one(sidecar(), m, 'clusters', 'outbound|443||api.example.com')
  assert.equal(dns.type, 'STRICT_DNS')
  assert.match(JSON.stringify(dns.loadAssignment), /api.example.com","portValue":443/)
  assert.equal(one(sidecar(), m, 'clusters', 'outbound|443||*.wild.example').type, 'ORIGINAL_DST')
  const tls = JSON.stringify(one(sidecar(), m, 'listeners', '0.0.0.0_443'))
  assert.match(tls, /"serverNames":\["\*.wild.example"\]/)
  assert.match(tls, /PassthroughFilterChain/)
  assert.match(
    JSON.stringify(one(sidecar(), m, 'listeners', '0.0.0.0_5000')),
    /"addressPrefix":"10.9.0.0","prefixLen":16/,
  )
  await accepted(sidecar(), m)
})

test('TCP and TLS routes, split by weight and by server name', async () => {
  const m = mesh({
    services: [
      service('db', { ports: [port(3306, 'TCP')] }),
      service('web', { ports: [port(443, 'HTTPS')], addresses: new Map([['ack-hangzhou', ['172.16.0.20']]]) }),
    ],
    destinationRules: [destinationRule('db', ['v1', 'v2'])],
    virtualServices: [
      virtualService('db', {
        tcp: [{ match: [], route: [to('db', 'v1', 90), to('db', 'v2', 10)] }],
      }),
      virtualService('web', {
        tls: [
          {
            match: [{ sniHosts: [fqdn('web')], destinationSubnets: [], sourceLabels: {}, gateways: [], port: 443 }],
            route: [to('web')],
          },
        ],
      }),
    ],
  })
  const db = JSON.stringify(one(sidecar(), m, 'listeners', '172.16.0.10_3306'))
  assert.match(db, /"weightedClusters":{"clusters":\[{"name":"outbound\|3306\|v1\|db/)
  assert.match(JSON.stringify(one(sidecar(), m, 'listeners', '172.16.0.20_443')), /"serverNames":\["web.default/)
  await accepted(sidecar(), m)
})

test('HTTP and TCP on one port live together', async () => {
  const m = mesh({
    services: [
      service('web', { ports: [port(9000)] }),
      service('raw', { ports: [port(9000, 'TCP')], addresses: new Map(), resolution: 'headless' }),
      service('raw2', { ports: [port(9000, 'TCP')], addresses: new Map(), resolution: 'headless' }),
    ],
  })
  const l = one(sidecar(), m, 'listeners', '0.0.0.0_9000')
  assert.match(JSON.stringify(l.filterChains), /"http\/1.1","h2c"/)
  assert.match(JSON.stringify(l.defaultFilterChain), /outbound\|9000\|\|raw.default/)
  await accepted(sidecar(), m)
})

test('gateways: several on one port, HTTPS by SNI, redirect to HTTPS, passthrough, TCP', async () => {
  const key = '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n'
  const server = (number: number, protocol: string, hosts: string[], more: object = {}) => ({
    port: { number, name: protocol.toLowerCase(), protocol },
    hosts,
    ...more,
  })
  const tls = { httpsRedirect: false, mode: 'SIMPLE' as const, credentialName: 'shop-cert' }
  const m = mesh({
    services: [
      service('shop'),
      service('db', { ports: [port(3306, 'TCP')] }),
      service('sec', { ports: [port(443, 'TLS')] }),
    ],
    credentials: new Map([['istio-system/shop-cert', { key, certificate: 'CERT', caCertificate: 'CA' }]]),
    gateways: [
      gateway('a', [
        server(80, 'HTTP', ['a.example'], { tls: { httpsRedirect: true, mode: 'SIMPLE' } }),
        server(443, 'HTTPS', ['a.example'], { tls }),
        server(443, 'HTTPS', ['m.example'], { tls: { ...tls, mode: 'MUTUAL' } }),
        server(443, 'TLS', ['p.example'], { tls: { httpsRedirect: false, mode: 'PASSTHROUGH' } }),
        server(443, 'HTTPS', ['missing.example'], { tls: { ...tls, credentialName: 'nobody' } }),
        server(3306, 'TCP', ['*']),
      ]),
      gateway('b', [server(80, 'HTTP', ['default/b.example'])]),
      gateway('other', [server(8080, 'HTTP', ['*'])], { selector: { istio: 'egressgateway' } }),
    ],
    virtualServices: [
      virtualService('a', {
        hosts: ['a.example', 'm.example'],
        gateways: ['default/a'],
        http: [http({ route: [to('shop')] })],
      }),
      virtualService('b', { hosts: ['b.example'], gateways: ['default/b'], http: [http({ route: [to('shop')] })] }),
      virtualService('b2', {
        hosts: ['b.example'],
        gateways: ['default/b'],
        http: [http({ match: [match({ uri: { kind: 'prefix', value: '/x' } })], route: [to('db')] })],
      }),
      virtualService('elsewhere', {
        namespace: 'elsewhere',
        hosts: ['b.example'],
        gateways: ['default/b'],
        http: [http({ route: [to('db')] })],
      }),
      virtualService('p', {
        hosts: ['p.example'],
        gateways: ['default/a'],
        tls: [
          {
            match: [{ sniHosts: ['p.example'], destinationSubnets: [], sourceLabels: {}, gateways: [] }],
            route: [to('sec')],
          },
        ],
      }),
      virtualService('t', {
        hosts: ['db.example'],
        gateways: ['default/a'],
        tcp: [
          {
            match: [{ port: 3306, sniHosts: [], destinationSubnets: [], sourceLabels: {}, gateways: [] }],
            route: [to('db')],
          },
        ],
      }),
    ],
  })
  const t = translate(gatewayView(), m)
  assert.deepEqual(
    t.listeners.map(l => l.name),
    ['0.0.0.0_80', '0.0.0.0_443', '0.0.0.0_3306'],
  )
  assert.deepEqual(
    t.routes.map(r => r.name),
    ['http.80', 'https.443.https.a.default'],
  )
  assert.deepEqual(
    t.secrets.map(s => s.name),
    ['kubernetes://shop-cert', 'kubernetes://shop-cert-cacert'],
  )
  const http80 = one(gatewayView(), m, 'routes', 'http.80').virtualHosts as Json[]
  assert.deepEqual(
    http80.map(h => [h.name, h.requireTls, (h.routes as Json[] | undefined)?.length]),
    [
      ['a.example:80', 'ALL', 1],
      ['b.example:80', undefined, 2],
    ],
  )
  const https = one(gatewayView(), m, 'routes', 'https.443.https.a.default').virtualHosts as Json[]
  assert.deepEqual(
    https.map(h => h.name),
    ['a.example:443', 'm.example:443'],
  )
  const l443 = one(gatewayView(), m, 'listeners', '0.0.0.0_443').filterChains as Json[]
  assert.deepEqual(
    l443.map(c => (c.filterChainMatch as Json).serverNames),
    [['a.example'], ['m.example'], ['p.example']],
  )
  await accepted(gatewayView(), m)
})

test('a Sidecar resource limits what a workload sees', () => {
  const m = mesh({
    services: [
      service('reviews'),
      service('secret', { namespace: 'other' }),
      service('hidden', { namespace: 'other', exportTo: ['.'] }),
    ],
    sidecars: [
      {
        name: 'default',
        namespace: 'default',
        createdAt: 0,
        exportTo: [],
        origin: { cluster: '', apiVersion: '', kind: 'Sidecar', namespace: 'default', name: 'default' },
        workloadSelector: { app: 'narrow' },
        egressHosts: ['./*'],
      },
    ],
  })
  const seen = (labels: Record<string, string>) =>
    translate(sidecar({ labels }), m)
      .clusters.map(c => c.name)
      .filter(n => n.startsWith('outbound'))
  assert.deepEqual(seen({ app: 'narrow' }), ['outbound|9080||reviews.default.svc.cluster.local'])
  assert.equal(seen({}).length, 2)
})

test("connections of a sidecar are marked where the redirection goes by mark, the application's own come from 127.0.0.6", () => {
  const m = mesh({ services: [service('reviews')] })
  const name = 'outbound|9080||reviews.default.svc.cluster.local'
  const marked = one(sidecar({ redirect: 'mark' }), m, 'clusters', name).upstreamBindConfig
  assert.deepEqual(marked, {
    sourceAddress: { address: '0.0.0.0', portValue: 0 },
    socketOptions: [{ description: 'SO_MARK: not to be redirected again', level: '1', name: '36', intValue: '1337' }],
  })
  assert.equal(one(sidecar({ redirect: 'uid' }), m, 'clusters', name).upstreamBindConfig, undefined)
  assert.equal(one(gatewayView(), m, 'clusters', name).upstreamBindConfig, undefined)
  const own = one(sidecar({ redirect: 'uid', inbound: [inbound('reviews', 9080)] }), m, 'clusters', 'inbound|9080||')
  assert.equal(((own.upstreamBindConfig as Json).sourceAddress as Json).address, '127.0.0.6')
})

test("services and gateways on the proxy's own ports do not keep the proxy from starting", async () => {
  const m = mesh({
    services: [15001, 15006, 15021, 15090].flatMap(n => [
      service(`http-${n}`, { ports: [port(n)] }),
      service(`tcp-${n}`, { ports: [port(n, 'TCP')], addresses: new Map() }),
    ]),
    gateways: [gateway('g', [{ port: { number: 15021, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }])],
  })
  const names = translate(sidecar(), m).listeners.map(l => l.name)
  assert.deepEqual(names, ['virtualOutbound', 'virtualInbound'])
  assert.equal(translate(gatewayView(), m).listeners.length, 0)
  await accepted(sidecar(), m)
})

test('REGISTRY_ONLY refuses what the mesh does not know', async () => {
  const config = { ...mesh().config, outboundTrafficPolicy: 'REGISTRY_ONLY' as const }
  const m = mesh({ services: [service('reviews')], config })
  assert.match(JSON.stringify(one(sidecar(), m, 'routes', '9080')), /"name":"block_all","domains":\["\*"\]/)
  assert.doesNotMatch(JSON.stringify(one(sidecar(), m, 'listeners', 'virtualOutbound')), /PassthroughCluster/)
  await accepted(sidecar(), m)
})
