import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyze } from '../../src/analysis/index.ts'
import type { Mesh } from '../../src/model/index.ts'
import {
  bookinfo,
  destinationRule,
  endpoint,
  gateway,
  http,
  match,
  mesh,
  origin,
  port,
  service,
  to,
  virtualService,
} from '../translate/world.ts'

const said = (m: Mesh) => analyze(m).map(f => `${f.code} ${f.origin.kind}/${f.origin.name} ${f.field ?? ''}`.trim())

test("of the tutorial's own rules only the subsets without pods are mentioned", () => {
  const found = analyze(bookinfo())
  assert.ok(found.every(f => f.code === 'ISM2205' && f.severity === 'info'))
  assert.ok(found.some(f => f.message.includes('subset v3: no endpoint of reviews')))
})

test('routes that lead nowhere name the field and what there is instead', () => {
  const m = mesh({
    services: [service('reviews', { ports: [port(9080), port(9443, 'TCP')] })],
    destinationRules: [destinationRule('reviews', ['v1'])],
    virtualServices: [
      virtualService('reviews', {
        gateways: ['mesh', 'default/nowhere'],
        http: [
          http({ route: [to('nobody')], match: [match({ uri: { kind: 'prefix', value: '/a' } })] }),
          http({ route: [to('reviews', 'v9', 50, 9080), to('reviews', 'v1', 50, 81)] }),
          http({ route: [to('reviews', 'v1', 0, 9080)] }),
        ],
      }),
    ],
  })
  assert.deepEqual(said(m), [
    'ISM2201 VirtualService/reviews spec.http[0].route[0].destination.host',
    'ISM2202 VirtualService/reviews spec.http[1].route[0].destination.subset',
    'ISM2206 VirtualService/reviews spec.http[1].route[1].destination.port.number',
    'ISM2203 VirtualService/reviews spec.gateways[1]',
    'ISM2213 VirtualService/reviews spec.http[2]',
  ])
  const text = analyze(m).map(f => f.message)
  assert.match(text[1]!, /no subset v9; it has v1/)
  assert.match(text[2]!, /no port 81; its ports: 9080, 9443/)
})

test('rules without a service, subsets without a pod, VirtualServices that an older one shadows', () => {
  const m = mesh({
    services: [service('reviews')],
    endpoints: { reviews: [endpoint('10.0.0.1', 9080, { labels: { version: 'v1' } })] },
    destinationRules: [destinationRule('ghost'), destinationRule('reviews', ['v1', 'v2'])],
    virtualServices: [
      virtualService('reviews', { http: [http({ route: [to('reviews')] })] }),
      virtualService('younger', {
        hosts: ['reviews.default.svc.cluster.local'],
        http: [http({ route: [to('reviews')] })],
      }),
    ],
  })
  assert.deepEqual(said(m), [
    'ISM2212 VirtualService/younger spec.hosts[0]',
    'ISM2204 DestinationRule/ghost spec.host',
    'ISM2205 DestinationRule/reviews spec.subsets[1]',
  ])
})

test('gateways: ports that two kinds of traffic want, credentials that are not there, modes not served', () => {
  const server = (number: number, protocol: string, tls?: object) => ({
    port: { number, name: 'x', protocol },
    hosts: ['*'],
    ...(tls ? { tls: { httpsRedirect: false, mode: 'SIMPLE' as const, ...tls } } : {}),
  })
  const m = mesh({
    gateways: [
      gateway('a', [server(80, 'HTTP'), server(443, 'HTTPS', { credentialName: 'here' })]),
      gateway('b', [server(80, 'TCP'), server(443, 'HTTPS', { credentialName: 'gone' })]),
      gateway('c', [server(15443, 'TLS', { mode: 'AUTO_PASSTHROUGH' })]),
      gateway('elsewhere', [server(80, 'TCP')], { selector: { istio: 'egressgateway' } }),
    ],
    credentials: new Map([['istio-system/here', { key: 'k', certificate: 'c' }]]),
  })
  assert.deepEqual(said(m), [
    'ISM2208 Gateway/b spec.servers[0].port',
    'ISM2209 Gateway/b spec.servers[1].tls.credentialName',
    'ISM2210 Gateway/c spec.servers[0].tls.mode',
  ])
})

test('plain TCP services without addresses cannot share a port', () => {
  const bare = { addresses: new Map(), resolution: 'headless' as const }
  const m = mesh({
    services: [
      service('a', { ...bare, ports: [port(9000, 'TCP')] }),
      service('b', { ...bare, ports: [port(9000, 'TCP')] }),
      service('c', { ports: [port(9000, 'TCP')] }),
      service('web', { ports: [port(9000)] }),
    ],
  })
  assert.deepEqual(said(m), ['ISM2207 Service/b spec.ports[0]', 'ISM2207 Service/a spec.ports[0]'])
})

test('a policy that sends a service where it does not exist', () => {
  const policy = {
    name: 'default',
    namespace: 'istio-system',
    createdAt: 0,
    exportTo: [],
    origin: origin('RegionalTrafficPolicy', 'default', 'istio-system'),
    services: [],
    failover: { enabled: true, rules: [{ from: 'cn-hangzhou', to: ['cn-shanghai'], only: false }] },
  }
  const m = mesh({
    services: [service('reviews', { clusters: ['ack-hangzhou'] }), service('details')],
    regionalPolicies: [policy],
  })
  const [found, ...more] = analyze(m)
  assert.equal(more.length, 0)
  assert.equal(found!.code, 'ISM2211')
  assert.match(found!.message, /no cluster of cn-shanghai \(ack-shanghai\) has reviews\.default/)
  assert.equal(analyze({ ...m, regionalPolicies: [{ ...policy, failover: { enabled: false, rules: [] } }] }).length, 0)
})
