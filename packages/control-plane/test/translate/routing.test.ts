import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { HttpRoute, Mesh } from '../../src/model/index.ts'
import { translate } from '../../src/translate/index.ts'
import { freePort } from '../support/free-port.ts'
import { type Backend, backend, request } from './backend.ts'
import { assignments, bootstrapOf, type RunningEnvoy, run, scratch } from './envoy.ts'
import {
  destinationRule,
  endpoint,
  gateway,
  gatewayView,
  http,
  match,
  mesh,
  service,
  shanghai,
  sidecar,
  to,
  trafficPolicy,
  virtualService,
} from './world.ts'

/* VirtualServices on the real Envoy: one gateway and one sidecar, both on loopback. */

const at = scratch()
const running: RunningEnvoy[] = []
let backends: Record<'v1' | 'v2' | 'mirror', Backend>
let edge = 0
let inside = 0

const path = (value: string): Partial<HttpRoute> => ({ match: [match({ uri: { kind: 'prefix', value } })] })

function world(gatewayPort: number): Mesh {
  const pods = [
    endpoint('127.0.0.1', backends.v1.port, { labels: { version: 'v1' } }),
    endpoint('127.0.0.1', backends.v2.port, { labels: { version: 'v2' }, locality: shanghai }),
  ]
  const v1 = [to('reviews', 'v1')]
  const v2 = [to('reviews', 'v2')]
  const exact = (value: string) => ({ kind: 'exact' as const, value })
  const routes = [
    http({ ...path('/split'), route: [to('reviews', 'v1', 80), to('reviews', 'v2', 20)] }),
    http({ ...path('/rewrite'), rewrite: { uri: '/new', authority: 'inner.example' }, route: v1 }),
    http({
      match: [match({ uri: { kind: 'regex', value: '/regex/[0-9]+' } })],
      rewrite: { uriRegexRewrite: { match: '/regex/([0-9]+)', rewrite: '/id-\\1' } },
      route: v1,
    }),
    http({ ...path('/redirect'), redirect: { uri: '/there', authority: 'other.example', redirectCode: 308 } }),
    http({ ...path('/direct'), directResponse: { status: 418, body: 'teapot' } }),
    http({ ...path('/abort'), fault: { abort: { httpStatus: 555, percentage: 100 } }, route: v1 }),
    http({ ...path('/delay'), fault: { delay: { fixedDelayMs: 300, percentage: 100 } }, route: v1 }),
    http({ ...path('/slow'), timeoutMs: 200, route: [to('silent')] }),
    http({ ...path('/flaky'), retries: { attempts: 3, retryOn: '555' }, route: v1 }),
    http({
      ...path('/no-retry'),
      fault: { delay: { fixedDelayMs: 0, percentage: 0 } },
      retries: { attempts: 0 },
      route: v1,
    }),
    http({ ...path('/mirror'), route: v1, mirrors: [{ destination: to('mirror').destination, percentage: 100 }] }),
    http({
      ...path('/headers'),
      route: v1,
      requestHeaders: { set: { 'x-set': 'yes' }, add: { 'x-added': 'too' }, remove: ['x-secret'] },
      responseHeaders: { set: { 'x-out': 'seen' }, add: {}, remove: ['x-backend'] },
    }),
    http({
      match: [
        match({
          uri: exact('/match'),
          headers: { 'end-user': exact('jason'), 'x-any': null },
          withoutHeaders: { 'x-not': exact('no') },
          queryParams: { debug: exact('1') },
          method: exact('GET'),
        }),
      ],
      route: v2,
    }),
    http({
      match: [match({ uri: { kind: 'prefix', value: '/CASE' }, ignoreUriCase: true })],
      route: v2,
    }),
    http({ match: [match({ sourceLabels: { app: 'tester' }, uri: exact('/who') })], route: v2 }),
    http({
      ...path('/cors'),
      route: v1,
      corsPolicy: {
        allowOrigins: [exact('https://shop.example')],
        allowMethods: ['GET'],
        allowHeaders: [],
        exposeHeaders: [],
        maxAgeMs: 60_000,
      },
    }),
    http({ ...path('/nowhere'), route: [to('nobody')] }),
    http({ route: v1 }),
  ]
  return mesh({
    services: [service('reviews'), service('mirror'), service('silent'), service('plain')],
    endpoints: {
      reviews: pods,
      mirror: [endpoint('127.0.0.1', backends.mirror.port)],
      silent: [endpoint('127.0.0.1', backends.mirror.port)],
      plain: [endpoint('127.0.0.1', backends.v2.port)],
    },
    gateways: [
      gateway('edge', [
        { port: { number: gatewayPort, name: 'http', protocol: 'HTTP' }, hosts: ['*.example'], bind: '127.0.0.1' },
      ]),
    ],
    virtualServices: [
      virtualService('reviews', { hosts: ['reviews.default.svc.cluster.local'], http: routes }),
      virtualService('edge', { hosts: ['shop.example'], gateways: ['default/edge'], http: routes }),
    ],
    destinationRules: [destinationRule('reviews', ['v1', 'v2'], { trafficPolicy: trafficPolicy({}) })],
  })
}

before(async () => {
  const [v1, v2, mirror] = await Promise.all([backend('v1'), backend('v2'), backend('mirror')])
  backends = { v1, v2, mirror }
  edge = await freePort()
  inside = await freePort()
  const m = world(edge)
  const gatewayDir = scratch()
  const outer = gatewayView()
  const inner = sidecar({ redirect: 'none', labels: { app: 'tester' } })
  const bind = (listener: Record<string, unknown>) => ({
    ...listener,
    address: { socketAddress: { address: '127.0.0.1', portValue: inside } },
  })
  running.push(
    await run(gatewayDir.dir, bootstrapOf(gatewayDir.dir, translate(outer, m), assignments(outer, m))),
    await run(at.dir, bootstrapOf(at.dir, translate(inner, m), assignments(inner, m), bind)),
  )
  gatewayDir[Symbol.dispose]()
})

after(async () => {
  await Promise.all(running.map(envoy => envoy.stop()))
  await Promise.all(Object.values(backends).map(b => b.close()))
  at[Symbol.dispose]()
})

const outside = (p: string, o: Parameters<typeof request>[2] = {}) => request(edge, p, { host: 'shop.example', ...o })
const asSidecar = (p: string, o: Parameters<typeof request>[2] = {}) => request(inside, p, { host: 'reviews', ...o })

test('weights split requests over subsets', async () => {
  const seen: Record<string, number> = { v1: 0, v2: 0 }
  for (let i = 0; i < 200; i++) seen[(await asSidecar('/split')).body]! += 1
  assert.ok(seen.v1! > seen.v2!, JSON.stringify(seen))
  assert.ok(seen.v2! > 10, JSON.stringify(seen))
})

test('a match holds when all of it holds', async () => {
  const good = { 'end-user': 'jason', 'x-any': 'thing' }
  const ask = async (p: string, headers: Record<string, string>, method = 'GET') =>
    (await asSidecar(p, { headers, method })).body
  assert.equal(await ask('/match?debug=1', good), 'v2')
  assert.equal(await ask('/match', good), 'v1')
  assert.equal(await ask('/match?debug=1', { ...good, 'end-user': 'eve' }), 'v1')
  assert.equal(await ask('/match?debug=1', { 'end-user': 'jason' }), 'v1')
  assert.equal(await ask('/match?debug=1', { ...good, 'x-not': 'no' }), 'v1')
  assert.equal(await ask('/match?debug=1', { ...good, 'x-not': 'other' }), 'v2')
  assert.equal(await ask('/match?debug=1', good, 'DELETE'), 'v1')
  assert.equal(await ask('/case/x', {}), 'v2')
})

test('sourceLabels hold for the sidecar that has them', async () => {
  assert.equal((await asSidecar('/who')).body, 'v2')
})

test('rewrites change path and host', async () => {
  await asSidecar('/rewrite/x')
  const last = backends.v1.requests.at(-1)!
  assert.equal(last.path, '/new/x')
  assert.equal(last.headers.host, 'inner.example')
  await asSidecar('/regex/42')
  assert.equal(backends.v1.requests.at(-1)!.path, '/id-42')
})

test('redirects and direct responses need no backend', async () => {
  const r = await outside('/redirect')
  assert.equal(r.status, 308)
  assert.equal(r.headers.location, 'http://other.example/there')
  const direct = await outside('/direct')
  assert.deepEqual([direct.status, direct.body], [418, 'teapot'])
})

test('faults are injected', async () => {
  assert.equal((await asSidecar('/abort')).status, 555)
  const began = Date.now()
  assert.equal((await asSidecar('/delay')).status, 200)
  assert.ok(Date.now() - began >= 290)
})

test('a timeout ends what does not answer', async () => {
  backends.mirror.answer = p => (p === '/slow' ? 0 : 200)
  const r = await asSidecar('/slow')
  assert.equal(r.status, 504)
})

test("a VirtualService's retries are used as written", async () => {
  let failures = 2
  backends.v1.answer = () => (failures-- > 0 ? 555 : 200)
  assert.equal((await asSidecar('/flaky')).status, 200)
  failures = 1
  assert.equal((await asSidecar('/no-retry')).status, 555)
})

test('headers are set, added and removed', async () => {
  const r = await asSidecar('/headers', { headers: { 'x-secret': 's' } })
  const seen = backends.v1.requests.at(-1)!.headers
  assert.deepEqual([seen['x-set'], seen['x-added'], seen['x-secret']], ['yes', 'too', undefined])
  assert.deepEqual([r.headers['x-out'], r.headers['x-backend']], ['seen', undefined])
})

test('a mirror gets a copy', async () => {
  const count = backends.mirror.requests.length
  await asSidecar('/mirror')
  for (let i = 0; i < 100 && backends.mirror.requests.length === count; i++) await new Promise(r => setTimeout(r, 20))
  assert.equal(backends.mirror.requests.length, count + 1)
})

test('CORS preflights are answered for allowed origins', async () => {
  const preflight = { 'access-control-request-method': 'GET' }
  const allowed = await outside('/cors', {
    method: 'OPTIONS',
    headers: { ...preflight, origin: 'https://shop.example' },
  })
  assert.equal(allowed.headers['access-control-allow-origin'], 'https://shop.example')
  assert.equal(allowed.headers['access-control-max-age'], '60')
})

test('a destination that does not exist answers 503, an unknown host at the gateway 404', async () => {
  assert.equal((await asSidecar('/nowhere')).status, 503)
  assert.equal((await request(edge, '/', { host: 'who.test' })).status, 404)
})

test('a service without a VirtualService is reached by any of its names, with and without port', async () => {
  for (const host of [
    'plain',
    'plain:9080',
    'plain.default',
    'plain.default.svc.cluster.local:9080',
    '172.16.0.10:9080',
  ])
    assert.equal((await request(inside, '/', { host })).status, 200, host)
})

test('the gateway adds where a request came from and an id', async () => {
  await outside('/anything')
  const seen = backends.v1.requests.at(-1)!.headers
  // For a loopback peer Envoy writes its own address.
  assert.match(String(seen['x-forwarded-for']), /^[0-9.]+$/)
  assert.ok(seen['x-request-id'])
})
