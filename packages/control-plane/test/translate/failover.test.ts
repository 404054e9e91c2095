import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { RouteConfiguration } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import type { Finding, Mesh, RegionalTrafficPolicy } from '../../src/model/index.ts'
import { decisionFindings } from '../../src/translate/decision-findings.ts'
import { translate } from '../../src/translate/index.ts'
import { freePort } from '../support/free-port.ts'
import { type Backend, backend, request } from './backend.ts'
import { assignments, bootstrapOf, type RunningEnvoy, run, scratch } from './envoy.ts'
import { endpoint, mesh, origin, service, shanghai, sidecar } from './world.ts'

/* Regional policy on the real Envoy: two pods here, one there. */

const at = scratch()
let envoy: RunningEnvoy
let here: readonly Backend[]
let there: Backend
let port = 0

const failover: RegionalTrafficPolicy = {
  name: 'default',
  namespace: 'istio-system',
  createdAt: 0,
  exportTo: ['*'],
  origin: origin('RegionalTrafficPolicy', 'default', 'istio-system'),
  services: [],
  failover: { enabled: true, rules: [{ from: 'cn-hangzhou', to: ['cn-shanghai'], only: false }] },
}

before(async () => {
  here = await Promise.all([backend('here-1'), backend('here-2')])
  there = await backend('there')
  port = await freePort()
  const m: Mesh = mesh({
    services: [service('reviews')],
    endpoints: {
      reviews: [
        ...here.map(b => endpoint('127.0.0.1', b.port)),
        endpoint('127.0.0.1', there.port, { locality: shanghai, cluster: 'ack-shanghai' }),
      ],
    },
    regionalPolicies: [failover],
  })
  const view = sidecar({ redirect: 'none' })
  const bind = (listener: Record<string, unknown>) => ({
    ...listener,
    address: { socketAddress: { address: '127.0.0.1', portValue: port } },
  })
  envoy = await run(at.dir, bootstrapOf(at.dir, translate(view, m), assignments(view, m), bind))
})

after(async () => {
  await envoy?.stop()
  await Promise.all([...here, there].map(b => b.close()))
  at[Symbol.dispose]()
})

const ask = (method = 'GET') => request(port, '/', { host: 'reviews', method })

test('only what may be repeated is hedged, and only under a limit for an answer', () => {
  const routesOf = (spec: Partial<RegionalTrafficPolicy>) => {
    const m = mesh({ services: [service('reviews')], regionalPolicies: [{ ...failover, ...spec }] })
    const { routes } = translate(sidecar(), m)
    const hosts = routes
      .flatMap(r => (r.message as RouteConfiguration).virtualHosts)
      .filter(h => h.name.includes('reviews'))
    assert.ok(hosts.length > 0)
    return hosts.flatMap(h => h.routes.map(r => ({ any: !r.match?.headers.length, action: r.action })))
  }
  for (const { any, action } of routesOf({ unansweredAfterMs: 500 })) {
    assert.ok(action.case === 'route')
    assert.equal(action.value.hedgePolicy?.hedgeOnPerTryTimeout, any ? undefined : true)
    assert.equal(action.value.idleTimeout?.seconds, any ? undefined : 300n)
  }
  for (const { action } of routesOf({}))
    assert.equal(action.case === 'route' ? action.value.hedgePolicy : undefined, undefined)
})

test('what the policy sets on its own is said on it, once for all services', () => {
  const m = mesh({ services: ['a', 'b', 'c', 'd', 'e'].map(name => service(name)), regionalPolicies: [failover] })
  const said = (translate(sidecar(), m).findings ?? []).filter(f => f.origin.kind === 'RegionalTrafficPolicy')
  const supplied = said.filter(f => f.code === 'ISM2101')
  assert.equal(supplied.length, 1, JSON.stringify(said))
  assert.match(supplied[0]!.message, /^set outlierDetection/)
})

test('what is said of many services names the first of them', () => {
  const about = (host: string) => ({
    hostname: host,
    findings: [
      { code: 'ISM2102', severity: 'info', origin: failover.origin, message: `for ${host}: set 100` },
    ] satisfies Finding[],
  })
  const found = decisionFindings(sidecar(), [['e.x', 'a.x'].map(about), ['b.x', 'a.x', 'c.x', 'd.x'].map(about)])()
  assert.deepEqual(
    found.map(f => f.message),
    ['for a.x, b.x, c.x and 2 more: set 100'],
  )
})

test('requests stay in the region while it is well', async () => {
  for (let i = 0; i < 20; i++) assert.match((await ask()).body, /^here/)
  assert.equal(there.requests.length, 0)
})

test('when every pod here breaks no GET fails, and after a few none of them is asked', async () => {
  for (const b of here) b.answer = () => 503
  for (let i = 0; i < 20; i++) assert.deepEqual([(await ask()).status, i], [200, i])
  const asked = here.reduce((sum, b) => sum + b.requests.length, 0)
  for (let i = 0; i < 20; i++) assert.equal((await ask()).body, 'there')
  assert.equal(
    here.reduce((sum, b) => sum + b.requests.length, 0),
    asked,
  )
})

test('a POST that was answered is not sent again', async () => {
  there.answer = () => 503
  const sent = () => [...here, there].reduce((sum, b) => sum + b.requests.filter(r => r.method === 'POST').length, 0)
  const count = sent()
  assert.equal((await ask('POST')).status, 503)
  assert.equal(sent(), count + 1)
})
