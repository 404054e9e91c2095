import assert from 'node:assert/strict'
import { test } from 'node:test'
import { headerValueProblem } from '../../src/istio/header-format.ts'
import { meshContext, type RawObject } from '../../src/istio/index.ts'
import { re2Problem } from '../../src/istio/re2.ts'
import { checkObject } from '../../src/sources/check-object.ts'
import { rule } from '../sources/objects.ts'

/* What Envoy would refuse is an error of the object that says it, with the field; what it takes is none. */

const http = (route: object) => ({ hosts: ['a'], http: [{ route: [{ destination: { host: 'a' } }], ...route }] })
const matching = (match: object) => http({ match: [match] })
const entry = (more: object) => ({
  hosts: ['a.example'],
  ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
  ...more,
})
const hashing = (hash: object) => ({ host: 'a', trafficPolicy: { loadBalancer: { consistentHash: hash } } })
const tcpTo = (subnet: string) => ({
  hosts: ['a'],
  tcp: [{ match: [{ destinationSubnets: [subnet] }], route: [{ destination: { host: 'a' } }] }],
})

const serving = (server: object) => ({
  servers: [{ port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts: ['*'], ...server }],
})
const secured = (tls: object) => serving({ tls: { mode: 'SIMPLE', credentialName: 'c', ...tls } })

const refused: readonly (readonly [kind: string, spec: object, field: string])[] = [
  ['ServiceEntry', entry({ addresses: ['10.0.0.1', 'nonsense'] }), 'spec.addresses[1]'],
  ['ServiceEntry', entry({ addresses: ['10.0.0.0/33'] }), 'spec.addresses[0]'],
  ['ServiceEntry', entry({ addresses: ['fe80::1%eth0'] }), 'spec.addresses[0]'],
  ['ServiceEntry', entry({ addresses: [''] }), 'spec.addresses[0]'],
  ['ServiceEntry', entry({ hosts: ['a b'] }), 'spec.hosts[0]'],
  ['ServiceEntry', entry({ ports: [{ number: 0, name: 'x' }] }), 'spec.ports[0].number'],
  ['VirtualService', tcpTo('10.0.0.0/40'), 'spec.tcp[0].match[0].destinationSubnets[0]'],
  ['VirtualService', matching({ uri: { regex: '(?=a)' } }), 'spec.http[0].match[0].uri.regex'],
  ['VirtualService', matching({ uri: { regex: '' } }), 'spec.http[0].match[0].uri.regex'],
  ['VirtualService', matching({ headers: { 'a b': { exact: 'x' } } }), 'spec.http[0].match[0].headers'],
  ['VirtualService', matching({ queryParams: { '': { exact: 'x' } } }), 'spec.http[0].match[0].queryParams'],
  ['VirtualService', http({ timeout: '99999999999h' }), 'spec.http[0].timeout'],
  ['VirtualService', http({ timeout: '-1s' }), 'spec.http[0].timeout'],
  ['VirtualService', http({ rewrite: { uri: '/a\r\n' } }), 'spec.http[0].rewrite.uri'],
  ['VirtualService', http({ headers: { request: { set: { x: '50%' } } } }), 'spec.http[0].headers.request.set.x'],
  ['VirtualService', http({ headers: { request: { add: { x: 'a\nb' } } } }), 'spec.http[0].headers.request.add.x'],
  ['VirtualService', http({ headers: { response: { remove: ['a:b'] } } }), 'spec.http[0].headers.response.remove'],
  [
    'VirtualService',
    http({ mirror: { host: 'a' }, mirrorPercentage: { value: 101 } }),
    'spec.http[0].mirrorPercentage.value',
  ],
  [
    'VirtualService',
    { hosts: ['a'], http: [{ directResponse: { status: 200, body: { string: 'x'.repeat(4097) } } }] },
    'spec.http[0].directResponse.body',
  ],
  [
    'DestinationRule',
    hashing({ httpHeaderName: 'a b' }),
    'spec.trafficPolicy.loadBalancer.consistentHash.httpHeaderName',
  ],
  [
    'DestinationRule',
    hashing({ useSourceIp: true, maglev: { tableSize: 10 } }),
    'spec.trafficPolicy.loadBalancer.consistentHash.maglev.tableSize',
  ],
  [
    'DestinationRule',
    hashing({ useSourceIp: true, ringHash: { minimumRingSize: 8_388_609 } }),
    'spec.trafficPolicy.loadBalancer.consistentHash.ringHash.minimumRingSize',
  ],
  [
    'DestinationRule',
    { host: 'a', trafficPolicy: { tls: { mode: 'SIMPLE', sni: 'a\0' } } },
    'spec.trafficPolicy.tls.sni',
  ],
  ['Gateway', serving({ bind: 'nonsense', tls: { mode: 'PASSTHROUGH' } }), 'spec.servers[0].bind'],
  ['Gateway', secured({ cipherSuites: ['AES128-SHA', 'nonsense'] }), 'spec.servers[0].tls.cipherSuites[1]'],
  [
    'Gateway',
    secured({ minProtocolVersion: 'TLSV1_3', maxProtocolVersion: 'TLSV1_2' }),
    'spec.servers[0].tls.maxProtocolVersion',
  ],
  ['Gateway', secured({ maxProtocolVersion: 'TLSV1_1' }), 'spec.servers[0].tls.maxProtocolVersion'],
]

test('what Envoy would refuse is an error that names the field', () => {
  for (const [kind, spec, field] of refused) {
    const findings = checkObject(rule(kind, 'a', spec) as RawObject, meshContext) ?? []
    const errors = findings.filter(f => f.severity === 'error').map(f => f.field)
    assert.deepEqual(errors, [field], `${kind} ${JSON.stringify(spec)}`)
  }
})

test('a port may have any name that Kubernetes takes', () => {
  for (const name of ['constructor', 'tostring', '__proto__']) {
    const ports = [{ number: 80, name, protocol: 'HTTP' }]
    assert.deepEqual(checkObject(rule('ServiceEntry', 'a', entry({ ports })) as RawObject, meshContext), [])
  }
})

test('regular expressions as RE2 takes them', () => {
  const taken = [
    ...[
      '',
      'a|b',
      '(a)(?:b)',
      '(?P<n>a)',
      '(?<n>a)',
      '(?i)a',
      '(?i-s:a)',
      'a{2}',
      'a{1000}',
      'a{2,}',
      'a{,2}',
      'a{',
      'a*?',
    ],
    ...[
      '[]a]',
      '[^]a]',
      '[a-]',
      '[[:alpha:]]',
      '[^[:^space:]x]',
      '\\d\\S\\b\\A\\z',
      '\\x41\\x{10FFFF}',
      '\\pL\\p{Greek}\\P{^Lu}',
    ],
    ...['\\Qa(b\\E', '\\.\\-\\/', '^*', '.*', 'é+', '\\012', '[\\d-]', '[\\w.-]+', '/v[0-9]+/.*', '(a{10}){100}'],
  ]
  for (const pattern of taken) assert.equal(re2Problem(pattern), undefined, pattern)
  const not = [
    ...[
      '(',
      ')',
      'a)',
      '[',
      '[a',
      '*a',
      'a**',
      'a{2}{3}',
      '|*',
      '(*)',
      '(?=a)',
      '(?!a)',
      '(?<=a)',
      '(?<!a)',
      '(?>a)',
      '(?P=n)',
    ],
    ...[
      '\\',
      '\\1',
      '\\y',
      '\\k<n>',
      '\\cA',
      '\\u0041',
      '\\_',
      '\\é',
      '[a-\\d]',
      '[z-a]',
      '[[:foo:]]',
      'a{1001}',
      'a{3,2}',
    ],
    ...['(a{500}){500}', '(?<n>a)(?<n>b)', '(?<a b>c)', '\\p{Nope}', '\\pX', '\\x{110000}', '\\pL{200}'],
  ]
  for (const pattern of not) assert.notEqual(re2Problem(pattern), undefined, pattern)
})

test('headers’ values as Envoy takes them', () => {
  const taken = [
    '',
    'plain',
    '100%%',
    '%REQ(x-a)%',
    '%REQ(:path?x-b):20%',
    '%DOWNSTREAM_REMOTE_ADDRESS%',
    '%START_TIME(%s.%3f)%',
  ]
  for (const value of taken) assert.equal(headerValueProblem(value), undefined, value)
  for (const value of [
    '100%',
    '%',
    '%%%',
    '%FOO%',
    '%REQ(',
    '%REQ%',
    '%REQ()%',
    '%REQ(a b)%',
    '%PROTOCOL(x)%',
    '%eth0',
  ])
    assert.notEqual(headerValueProblem(value), undefined, value)
})
