import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseObjects } from '@isthmus/kubernetes'
import fc from 'fast-check'
import {
  meshContext,
  parseDestinationRule,
  parseGateway,
  parseRegionalTrafficPolicy,
  parseServiceEntry,
  parseSidecar,
  parseVirtualService,
  parseWorkloadEntry,
  type RawObject,
} from '../../src/istio/index.ts'
import { rule } from '../sources/objects.ts'
import { seedRouting } from './seed.ts'

const seed = (kind: string, name: string): RawObject => {
  const found = parseObjects(seedRouting).find(o => o.kind === kind && o.metadata.name === name)
  assert.ok(found)
  return { ...found, metadata: { ...found.metadata, namespace: 'default' } }
}

test("the tutorial's manifests are understood without a word", () => {
  const gateway = parseGateway(seed('Gateway', 'bookinfo-gateway'), meshContext)
  assert.deepEqual(gateway.findings, [])
  assert.deepEqual(gateway.value?.selector, { istio: 'ingressgateway' })
  assert.deepEqual(gateway.value?.servers[0]?.port, { number: 80, name: 'http', protocol: 'HTTP' })

  const bookinfo = parseVirtualService(seed('VirtualService', 'bookinfo'), meshContext)
  assert.deepEqual(bookinfo.findings, [])
  assert.deepEqual(bookinfo.value?.gateways, ['default/bookinfo-gateway'])
  assert.equal(bookinfo.value?.http[0]?.match.length, 5)
  assert.deepEqual(bookinfo.value?.http[0]?.route, [
    { destination: { host: 'productpage.default.svc.cluster.local', subset: undefined, port: 9080 }, weight: 100 },
  ])

  const reviews = parseDestinationRule(seed('DestinationRule', 'reviews'), meshContext)
  assert.deepEqual(reviews.findings, [])
  assert.equal(reviews.value?.host, 'reviews.default.svc.cluster.local')
  assert.deepEqual(
    reviews.value?.subsets.map(s => s.name),
    ['v1', 'v2', 'v3'],
  )
  const detection = reviews.value?.trafficPolicy?.outlierDetection
  assert.deepEqual(
    [detection?.intervalMs, detection?.consecutive5xxErrors, detection?.baseEjectionTimeMs],
    [1000, 1, 60_000],
  )
  assert.equal(detection?.maxEjectionPercent, undefined, 'not written by the user, so a policy may supply it')
})

test('everything wrong with an object is said at once, each with its field', () => {
  const { value, findings } = parseVirtualService(
    rule('VirtualService', 'wrong', {
      hosts: ['reviews', 'bad host'],
      http: [
        {
          match: [{ uri: { exact: '/a', prefix: '/b' } }, { uri: { regex: '(' } }],
          route: [{ destination: { host: 'reviews' }, weight: 'ten' }, { destination: {} }],
          timeout: '3 seconds',
        },
        { route: [{ destination: { host: 'reviews' } }], redirect: { uri: '/x', redirectCode: 200 } },
        {},
      ],
    }),
    meshContext,
  )
  assert.equal(value, undefined)
  assert.deepEqual(findings.map(f => f.field).sort(), [
    'spec.hosts[1]',
    'spec.http[0].match[0].uri',
    'spec.http[0].match[1].uri.regex',
    'spec.http[0].route',
    'spec.http[0].route[0].weight',
    'spec.http[0].route[1].destination.host',
    'spec.http[0].timeout',
    'spec.http[1]',
    'spec.http[1].redirect.redirectCode',
    'spec.http[2]',
  ])
  assert.ok(findings.every(f => f.severity === 'error'))
})

test('fields that are not known, or not honoured, are named; the rest stays in force', () => {
  const { value, findings } = parseDestinationRule(
    rule('DestinationRule', 'reviews', {
      host: 'reviews',
      trafficPolicy: {
        outlierDetection: { consecutive5xxError: 1 },
        tunnel: { targetHost: 'x' },
        tls: { mode: 'ISTIO_MUTUAL' },
      },
    }),
    meshContext,
  )
  assert.equal(value?.host, 'reviews.default.svc.cluster.local')
  assert.deepEqual(
    findings.map(f => [f.code, f.severity, f.field]),
    [
      ['ISM2003', 'warning', 'spec.trafficPolicy.tunnel'],
      ['ISM2003', 'warning', 'spec.trafficPolicy.outlierDetection.consecutive5xxError'],
      ['ISM2005', 'warning', 'spec.trafficPolicy.tls.mode'],
    ],
  )
})

test('the whole of an http route', () => {
  const { value, findings } = parseVirtualService(
    rule('VirtualService', 'all', {
      hosts: ['reviews'],
      gateways: ['mesh', 'gw', 'istio-system/other'],
      exportTo: ['.'],
      http: [
        {
          name: 'canary',
          match: [
            {
              headers: { 'end-user': { exact: 'jason' }, 'x-any': {} },
              queryParams: { q: { prefix: 'a' } },
              sourceLabels: { app: 'x' },
              gateways: ['gw'],
              port: 9080,
              method: { exact: 'GET' },
            },
          ],
          route: [
            { destination: { host: 'reviews', subset: 'v1' }, weight: 90, headers: { response: { add: { a: 'b' } } } },
            { destination: { host: 'reviews.other.svc.cluster.local', subset: 'v2' }, weight: 10 },
          ],
          rewrite: { uri: '/x', authority: 'y' },
          timeout: '1.5s',
          retries: { attempts: 3, perTryTimeout: '500ms', retryOn: '5xx,reset' },
          fault: { delay: { fixedDelay: '7s', percentage: { value: 0.5 } }, abort: { httpStatus: 500, percent: 10 } },
          mirror: { host: 'shadow' },
          mirrorPercentage: { value: 20 },
          corsPolicy: {
            allowOrigins: [{ exact: 'https://x' }],
            allowMethods: ['GET'],
            maxAge: '24h',
            allowCredentials: true,
          },
          headers: { request: { set: { a: 'b' }, remove: ['c'] } },
        },
        { redirect: { uri: '/new', authority: 'z' } },
        { directResponse: { status: 503, body: { string: 'no' } } },
      ],
      tls: [{ match: [{ sniHosts: ['a.com'], port: 443 }], route: [{ destination: { host: 'a.com' } }] }],
      tcp: [{ route: [{ destination: { host: 'tcp' } }] }],
    }),
    meshContext,
  )
  assert.deepEqual(findings, [])
  const route = value?.http[0]
  assert.deepEqual(value?.gateways, ['mesh', 'default/gw', 'istio-system/other'])
  assert.deepEqual(route?.match[0]?.headers, { 'end-user': { kind: 'exact', value: 'jason' }, 'x-any': null })
  assert.equal(route?.timeoutMs, 1500)
  assert.deepEqual(route?.fault, {
    delay: { fixedDelayMs: 7000, percentage: 0.5 },
    abort: { httpStatus: 500, grpcStatus: undefined, percentage: 10 },
  })
  assert.deepEqual(route?.mirrors, [
    { destination: { host: 'shadow.default.svc.cluster.local', subset: undefined, port: undefined }, percentage: 20 },
  ])
  assert.equal(route?.corsPolicy?.maxAgeMs, 86_400_000)
  assert.equal(value?.http[1]?.redirect?.redirectCode, 301)
  assert.deepEqual(value?.tls[0]?.match[0]?.sniHosts, ['a.com'])
})

test('names that are given to the old versions of the API are the same', () => {
  for (const apiVersion of ['networking.istio.io/v1', 'networking.istio.io/v1beta1', 'networking.istio.io/v1alpha3'])
    assert.ok(
      parseDestinationRule(rule('DestinationRule', 'd', { host: '*.example.com' }, { apiVersion }), meshContext).value,
    )
  const { findings } = parseDestinationRule(
    rule('DestinationRule', 'd', { host: 'a' }, { apiVersion: 'networking.istio.io/v2' }),
    meshContext,
  )
  assert.equal(findings[0]?.code, 'ISM2004')
})

test('ServiceEntry: endpoints with locality and ports, or a host that Envoy resolves', () => {
  const se = parseServiceEntry(
    rule('ServiceEntry', 'shop', {
      hosts: ['shop.default.svc.cluster.local'],
      location: 'MESH_INTERNAL',
      resolution: 'STATIC',
      ports: [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 8080 }],
      endpoints: [
        {
          address: '127.0.0.1',
          locality: 'cn-hangzhou/cn-hangzhou-a',
          ports: { http: 9001 },
          labels: { version: 'v1' },
          weight: 3,
        },
      ],
    }),
    meshContext,
  )
  assert.deepEqual(se.findings, [])
  assert.deepEqual(se.value?.endpoints[0]?.locality, { region: 'cn-hangzhou', zone: 'cn-hangzhou-a', subzone: '' })
  const wrong = parseServiceEntry(
    rule('ServiceEntry', 'w', {
      hosts: ['*'],
      resolution: 'STATIC',
      ports: [{ number: 0, name: 'x', protocol: 'FOO' }],
      endpoints: [{ address: 'name.example' }],
    }),
    meshContext,
  )
  assert.deepEqual(
    wrong.findings.map(f => f.field),
    ['spec.hosts[0]', 'spec.ports[0].protocol', 'spec.ports[0].number', 'spec.endpoints[0].address'],
  )
  assert.equal(parseWorkloadEntry(rule('WorkloadEntry', 'w', {}), meshContext).findings[0]?.field, 'spec.address')
})

test('RegionalTrafficPolicy: both halves, with defaults, and what cannot be', () => {
  const { value, findings } = parseRegionalTrafficPolicy(
    rule(
      'RegionalTrafficPolicy',
      'default',
      {
        services: ['reviews'],
        failover: {
          rules: [
            { from: 'cn-hangzhou', to: ['cn-shanghai'] },
            { from: 'cn-shanghai', to: ['cn-hangzhou'], only: true, thresholdPercent: 50 },
          ],
        },
        distribution: { enabled: false, rules: [{ from: 'cn-hangzhou', to: { 'cn-shanghai': 10 } }] },
        unansweredAfter: '500ms',
      },
      { apiVersion: 'mesh.isthmus.dev/v1alpha1' },
    ),
    meshContext,
  )
  assert.deepEqual(findings, [])
  assert.deepEqual(value?.services, ['reviews.default.svc.cluster.local'])
  assert.deepEqual(value?.failover?.rules[0], {
    from: 'cn-hangzhou',
    to: ['cn-shanghai'],
    only: false,
    thresholdPercent: undefined,
  })
  assert.deepEqual(
    [value?.distribution?.enabled, value?.distribution?.at, value?.unansweredAfterMs],
    [false, 'entry', 500],
  )
  const wrong = parseRegionalTrafficPolicy(
    rule(
      'RegionalTrafficPolicy',
      'x',
      {
        failover: {
          rules: [
            { from: 'a', to: ['a'] },
            { from: 'a', to: ['b'] },
          ],
        },
        distribution: { rules: [{ from: 'a', to: { b: 70, c: 40 } }] },
      },
      { apiVersion: 'mesh.isthmus.dev/v1alpha1' },
    ),
    meshContext,
  )
  assert.deepEqual(
    wrong.findings.map(f => f.field),
    ['spec.failover.rules[0].to[0]', 'spec.failover.rules[1].from', 'spec.distribution.rules[0].to'],
  )
})

test('no object, however strange, makes a parser throw', () => {
  const parsers = [
    parseGateway,
    parseVirtualService,
    parseDestinationRule,
    parseServiceEntry,
    parseWorkloadEntry,
    parseSidecar,
    parseRegionalTrafficPolicy,
  ]
  const keys = [
    'hosts',
    'http',
    'route',
    'match',
    'uri',
    'ports',
    'endpoints',
    'host',
    'trafficPolicy',
    'servers',
    'tls',
    'egress',
    'failover',
    'rules',
    'from',
    'to',
    'locality',
    'address',
    'selector',
    'loadBalancer',
    'consistentHash',
    'headers',
  ]
  const { value } = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.boolean(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 6 }),
    ),
  }))
  fc.assert(
    fc.property(fc.constantFrom(...parsers), value, (parse, spec) => {
      const { value, findings } = parse(rule('Any', 'x', spec as object), meshContext)
      if (value === undefined) assert.ok(findings.some(f => f.severity === 'error' && f.message))
    }),
    { numRuns: 2000 },
  )
})
