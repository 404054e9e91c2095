import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import type { Explanation, ObjectView, Overview, Preview, Problem, ServiceDetail, Session } from '@isthmus/api'
import { assertFits, type Door, openDoor, pathOf } from './door.ts'

/* The HTTP API of a control plane that is fed by a directory, through its real door. */

const files = {
  'mesh.yaml': readFileSync(new URL('./mesh.yaml', import.meta.url), 'utf8'),
}
let door: Door

before(async () => {
  door = await openDoor(files)
})
after(() => door.close())

async function get<T>(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: T; headers: Headers }> {
  const response = await fetch(door.base + path, { headers })
  const text = await response.text()
  return { status: response.status, body: JSON.parse(text) as T, headers: response.headers }
}

test('every read that needs no mesh API answers what its schema says', async () => {
  const reviews = { service: 'reviews.default.svc.cluster.local' }
  const asked = [
    ['getSession', {}, {}],
    ['getOverview', {}, {}],
    ['getMatrix', {}, {}],
    ['getMatrix', {}, { service: 'reviews.default' }],
    ['listRegions', {}, {}],
    ['listEvents', {}, { limit: '5' }],
    ['listFindings', {}, { search: 'review' }],
    ['listServices', {}, { sort: 'health' }],
    ['getService', reviews, {}],
    ['getServiceSeries', reviews, { window: '60' }],
    ['explain', {}, { service: 'reviews.default', from: 'cn-hangzhou' }],
    ['getRegionalTraffic', {}, {}],
    ['listProxies', {}, {}],
  ] as const
  for (const [id, params, query] of asked) {
    const { status, body } = await get(pathOf(id, params, query))
    assert.equal(status, 200, `${id}: ${JSON.stringify(body)}`)
    assertFits(id, body)
  }
})

test('the overview shows regions with their endpoints, and says that nothing was measured', async () => {
  const { body } = await get<Overview>(pathOf('getOverview'))
  assert.deepEqual(
    body.regions.map(r => [r.region, r.endpoints, r.healthy]),
    [
      ['cn-hangzhou', 2, 2],
      ['cn-shanghai', 1, 1],
    ],
  )
  assert.equal(body.flows.measuredAt, undefined)
  assert.equal(body.counts.services, 1)
})

test('a service: who it goes to from each region, and after how many failures it leaves', async () => {
  const { body } = await get<ServiceDetail>(pathOf('getService', { service: 'reviews.default' }))
  const hangzhou = body.regions.sources.find(s => s.region === 'cn-hangzhou')
  assert.equal(hangzhou?.mode, 'failover')
  assert.deepEqual(hangzhou?.shares[0], { region: 'cn-hangzhou', percent: 100 })
  assert.equal(hangzhou?.leavesAfter, 1)
  assert.deepEqual(body.regions.policy?.name, 'mesh-wide')
  assert.deepEqual(
    body.rules.map(r => r.kind),
    ['RegionalTrafficPolicy'],
  )
})

test('explain takes the same words as the command line', async () => {
  const { body } = await get<Explanation>('/api/v1/explain?service=reviews.default&from=cn-shanghai')
  assert.match(body.summary, /100% cn-shanghai/)
})

test('what is asked wrongly is refused with the code, the field and what mends it', async () => {
  const unknown = await get<Problem>('/api/v1/services?limit=0&colour=red')
  assert.equal(unknown.status, 400)
  assert.equal(unknown.body.code, 'ISM5101')
  assert.deepEqual(unknown.body.fields?.map(f => f.field).sort(), ['colour', 'limit'])
  assert.ok(unknown.body.mend)
  assert.equal((await get<Problem>('/api/v1/nothing')).body.code, 'ISM5102')
  assert.equal((await get<Problem>(pathOf('getService', { service: 'revews.default' }))).status, 404)
  const wrongMethod = await fetch(`${door.base}/api/v1/overview`, { method: 'PUT' })
  assert.equal(wrongMethod.status, 405)
  assert.equal(wrongMethod.headers.get('allow'), 'GET')
})

test('nothing is to be signed in to, and nothing may be changed', async () => {
  const { body } = await get<Session>('/api/v1/session')
  assert.equal(body.mesh.source, 'directory')
  assert.deepEqual(
    body.permissions.filter(p => p.allowed).map(p => p.action),
    ['read'],
  )
})

test('a page of another origin, or under another name, gets nothing', async () => {
  assert.equal(await statusAs('evil.example', '/api/v1/overview'), 403)
  assert.equal(await statusAs('localhost:1', '/api/v1/overview'), 200)
  for (const path of ['/metrics', '/', '/api/v1/openapi.json', '/readyz'])
    assert.equal(await statusAs('evil.example', path), 403, path)
})

test('an address that is no URL is a mistake of who asks', async () => {
  assert.equal(await statusAs('localhost', '//'), 400)
})

test('answers carry headers that keep browsers from making anything of them', async () => {
  const { headers } = await get('/api/v1/overview')
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('referrer-policy'), 'no-referrer')
  assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'; frame-ancestors 'none'/)
  assert.equal(headers.get('cache-control'), 'no-store')
})

test('probes and metrics need nobody; a path that leads out of the console leads nowhere', async () => {
  assert.equal(await (await fetch(`${door.base}/healthz`)).text(), 'ok\n')
  assert.equal(await (await fetch(`${door.base}/readyz`)).text(), 'ok\n')
  assert.match(await (await fetch(`${door.base}/metrics`)).text(), /isthmus_services 1/)
  const out = await fetch(`${door.base}/..%2f..%2f..%2fpackage.json`)
  assert.doesNotMatch(await out.text(), /workspaces/)
})

test('a stream gives each topic at once, and again only when it has changed', async () => {
  const response = await fetch(`${door.base}/api/v1/stream?topics=overview,matrix`)
  assert.equal(response.headers.get('content-type'), 'text/event-stream')
  const reader = response.body!.getReader()
  let text = ''
  while (!(text.includes('event: overview\n') && text.includes('event: matrix\n')))
    text += Buffer.from((await reader.read()).value ?? []).toString()
  const data = /event: overview\ndata: (.*)\n\n/.exec(text)?.[1] ?? ''
  assertFits('getOverview', JSON.parse(data))
  await reader.cancel()
  assert.equal((await get<Problem>('/api/v1/stream?topics=weather')).status, 400)
})

function statusAs(host: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(door.base)
    request({ host: '127.0.0.1', port, path, headers: { host } }, response => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}

test('a preview: traffic as it would move, what is worth checking, and nothing is written', async () => {
  const policy = {
    apiVersion: 'mesh.isthmus.dev/v1alpha1',
    kind: 'RegionalTrafficPolicy',
    metadata: { name: 'mesh-wide', namespace: 'istio-system' },
    spec: {
      unansweredAfter: '2s',
      distribution: { enabled: true, at: 'everyHop', rules: [{ from: 'cn-hangzhou', to: { 'cn-shanghai': 10 } }] },
    },
  }
  const { status, body } = await post<Preview>('/api/v1/regional-traffic/preview', { policy })
  assert.equal(status, 200, JSON.stringify(body))
  assertFits('previewRegionalTraffic', body)
  assert.equal(body.valid, true)
  assert.equal(body.changedServices, 1)
  const move = body.moves.find(m => m.source === 'cn-hangzhou' && m.destination === 'cn-shanghai')
  assert.deepEqual([move?.beforePercent, move?.afterPercent], [0, 10])
  assert.equal(move?.afterRequestsPerSecond, undefined)
  assert.ok(body.checks.some(c => c.ok && /10% to cn-shanghai; 90% stays/.test(c.text)))
  const after = await get<ServiceDetail>(pathOf('getService', { service: 'reviews.default' }))
  assert.equal(after.body.regions.sources[0]?.mode, 'failover')
})

test('a preview says what is wrong: shares above 100, a region that is not there', async () => {
  const policy = {
    apiVersion: 'mesh.isthmus.dev/v1alpha1',
    kind: 'RegionalTrafficPolicy',
    metadata: { name: 'mesh-wide', namespace: 'istio-system' },
    spec: {
      distribution: { enabled: true, rules: [{ from: 'cn-hangzhou', to: { 'cn-shanghai': 90, 'cn-beijing': 20 } }] },
    },
  }
  const { body } = await post<Preview>('/api/v1/regional-traffic/preview', { policy })
  assert.equal(body.valid, false)
  assert.ok(body.checks.some(c => !c.ok && /110%/.test(c.text)))
  assert.ok(body.checks.some(c => !c.ok && /no region cn-beijing/.test(c.text)))
  assert.ok(body.findings.some(f => f.field === 'spec.distribution.rules[0].to' && f.mend))
})

test('objects are read from their files, and a change names the file to edit', async () => {
  const list = await get<{ objects: { name: string; about: string }[] }>(
    pathOf('listObjects', { kind: 'ServiceEntry' }),
  )
  assertFits('listObjects', list.body)
  assert.match(list.body.objects[0]?.about ?? '', /reviews.default.svc.cluster.local/)
  assertFits('listKinds', (await get(pathOf('listKinds'))).body)
  const at = { kind: 'ServiceEntry', namespace: 'default', name: 'reviews' }
  const one = await get<ObjectView>(pathOf('getObject', at))
  assertFits('getObject', one.body)
  const written = await fetch(door.base + pathOf('replaceObject', at), {
    method: 'PUT',
    body: JSON.stringify({ yaml: one.body.yaml }),
  })
  const problem = (await written.json()) as Problem
  assert.deepEqual([written.status, problem.code], [403, 'ISM5109'])
  assert.match(problem.message, /edit mesh.yaml:1 in /)
})

async function post<T>(path: string, body: unknown): Promise<{ status: number; body: T }> {
  const response = await fetch(door.base + path, { method: 'POST', body: JSON.stringify(body) })
  return { status: response.status, body: (await response.json()) as T }
}
