import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { Endpoint, RegionalTrafficPolicy, Service } from '@isthmus/control-plane/model/index.ts'
import { parseLocality } from '@isthmus/control-plane/model/index.ts'
import { arrange, decide, destinations } from '@isthmus/control-plane/regions/index.ts'
import { Region } from './regional/backends.ts'
import { type Answer, StaticEnvoy } from './regional/envoy.ts'
import { FarRegion } from './regional/far-region.ts'

/* Regional policy on the real Envoy: what a region's failure costs, and what shares really are. */

const hangzhou = 'cn-hangzhou'
const shanghai = 'cn-shanghai'
const failover = { enabled: true, rules: [{ from: hangzhou, to: [shanghai], only: false }] }
const distribution = { enabled: true, at: 'entry', rules: [{ from: hangzhou, to: { [shanghai]: 10 } }] } as const

let running: { stop(): unknown }[] = []
afterEach(async () => {
  for (const part of running) await part.stop()
  running = []
})

test('pods that answer 503: nobody sees it, and each broken pod is tried once', async () => {
  const { local, remote, envoy } = await world({ failover })
  assert.deepEqual(served(await envoy.sendMany(20)), { [hangzhou]: 20 })
  assert.equal(remote.attempts, 0, 'local first')
  local.mode = 'broken'
  local.attempts = 0
  assert.deepEqual(served(await envoy.sendMany(40)), { [shanghai]: 40 })
  aboutOnePerPod(local.attempts)
})

test('without retries one request a broken pod fails, then none', async () => {
  const { local, envoy } = await world({ failover })
  local.mode = 'broken'
  const answers = await envoy.sendMany(40, '/plain')
  aboutOnePerPod(served(answers).failed)
  assert.deepEqual(served(answers.slice(20)), { [shanghai]: 20 })
})

test('pods that never answer: nobody sees it once unansweredAfter is set', async () => {
  const { local, envoy } = await world({ failover, unansweredAfterMs: 300 })
  local.mode = 'hung'
  local.attempts = 0
  assert.deepEqual(served(await envoy.sendMany(30)), { [shanghai]: 30 })
  aboutOnePerPod(local.attempts)
})

test('an answer that has begun may take longer than unansweredAfter', async () => {
  const { local, envoy } = await world({ failover, unansweredAfterMs: 300 })
  local.mode = 'slow'
  assert.deepEqual(await envoy.send(), { status: 200, body: hangzhou })
})

test('pods killed under load: no request fails, by failover and by shares', async () => {
  for (const spec of [{ failover }, { failover, distribution }]) {
    const { local, envoy } = await world(spec)
    const answers: Promise<Answer>[] = []
    for (let i = 0; i < 150; i++) {
      if (i === 50) local.stop()
      answers.push(envoy.send())
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    const all = await Promise.all(answers)
    assert.equal(served(all).failed, undefined)
    assert.deepEqual(served(all.slice(-20)), { [shanghai]: 20 })
  }
})

test('a request that is not idempotent is never sent twice', async () => {
  const { local, remote, envoy } = await world({ failover })
  local.mode = 'broken'
  const answers = await envoy.sendMany(10, '/', 'POST')
  aboutOnePerPod(answers.filter(a => a.status === 503).length)
  assert.equal(local.attempts + remote.attempts, 10)
})

test('distribution: exactly one of ten, and 100 of 1,000', async () => {
  const { envoy } = await world({ distribution })
  assert.deepEqual(served(await envoy.sendMany(10)), { [hangzhou]: 9, [shanghai]: 1 })
  assert.deepEqual(served(await envoy.sendMany(990)), { [hangzhou]: 891, [shanghai]: 99 })
})

test('both at once: 90/10, on loss 0/100 without a failed request, and 90/10 again', async () => {
  const { local, envoy } = await world(
    { failover, distribution, outlierDetection: { baseEjectionTimeMs: 500, intervalMs: 200 } },
    4,
  )
  assert.deepEqual(served(await envoy.sendMany(100)), { [hangzhou]: 90, [shanghai]: 10 })
  local.mode = 'broken'
  assert.equal(served(await envoy.sendMany(100)).failed, undefined)
  assert.deepEqual(served(await envoy.sendMany(20)), { [shanghai]: 20 })
  local.mode = 'ok'
  let last: Record<string, number> = {}
  for (let i = 0; i < 100 && last[hangzhou] !== 90; i++) {
    await new Promise(resolve => setTimeout(resolve, 200))
    last = served(await envoy.sendMany(100))
    assert.equal(last.failed, undefined)
  }
  assert.deepEqual(last, { [hangzhou]: 90, [shanghai]: 10 })
})

test('the other region cut off, and every own pod slower than unansweredAfter: late, but no request fails', async () => {
  for (const [pods, spec] of [
    [1, { failover }],
    [3, { failover }],
    [1, { failover, distribution }],
  ] as const) {
    const remote = await new FarRegion(shanghai).start(pods)
    const { local, envoy } = await world({ ...spec, unansweredAfterMs: 300 }, pods, undefined, remote)
    await envoy.sendMany(10)
    await remote.cut()
    local.mode = 'late'
    const answers: Promise<Answer>[] = []
    for (let i = 0; i < 60; i++) {
      answers.push(envoy.send())
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    assert.deepEqual(served(await Promise.all(answers)), { [hangzhou]: 60 }, `${pods} pods, ${Object.keys(spec)}`)
    local.mode = 'ok'
    assert.deepEqual(served(await envoy.sendMany(5)), { [hangzhou]: 5 })
  }
})

test('a request that is not idempotent is not sent again for being slow', async () => {
  const { local, remote, envoy } = await world({ failover, unansweredAfterMs: 300 })
  local.mode = 'late'
  remote.mode = 'late'
  const answers = await envoy.sendMany(3, '/', 'POST')
  assert.deepEqual(served(answers), { failed: 3 })
  assert.equal(local.attempts + remote.attempts, 3)
})

test('everything broken everywhere: the error is the application’s, and recovery is at once', async () => {
  const { local, remote, envoy } = await world({ failover })
  local.mode = 'broken'
  remote.mode = 'broken'
  const answers = await envoy.sendMany(20)
  assert.ok(answers.every(a => a.status === 503 && a.body !== 'no healthy upstream'))
  remote.mode = 'ok'
  local.mode = 'ok'
  assert.equal(served(await envoy.sendMany(20)).failed, undefined)
})

test('a threshold holds what Envoy would let go, and what is explained is what Envoy does', async () => {
  const half = (e: Endpoint, i: number): Endpoint => ({ ...e, health: i % 2 === 0 ? 'healthy' : 'unhealthy' })
  const fifty = { enabled: true, rules: [{ ...failover.rules[0]!, thresholdPercent: 50 }] }
  const steady = await world({ failover: fifty }, 4, half)
  assert.deepEqual(served(await steady.envoy.sendMany(100)), { [hangzhou]: 100 })

  const spilling = await world({ failover }, 4, half)
  const explained = new Map(spilling.destinations.map(d => [d.locality.region, d.percent]))
  assert.deepEqual(
    [...explained],
    [
      [hangzhou, 70],
      [shanghai, 30],
    ],
  )
  const seen = served(await spilling.envoy.sendMany(2000))
  assert.ok(Math.abs(seen[hangzhou]! / 20 - 70) < 5, `70 % explained, ${seen[hangzhou]! / 20} % seen`)
})

/** One failure a broken pod, of three; Envoy's main thread ejects, so an attempt just behind it may still reach the pod. */
function aboutOnePerPod(failures: number | undefined) {
  assert.ok(failures !== undefined && failures >= 2 && failures <= 6, `${failures} failed attempts on 3 pods`)
}

/** Pods in both regions (`pods` in Hangzhou, two in Shanghai) and the Envoy of a gateway in Hangzhou. */
async function world(
  spec: Partial<RegionalTrafficPolicy>,
  pods = 3,
  change: (e: Endpoint, index: number) => Endpoint = e => e,
  far?: FarRegion,
) {
  const local = await new Region(hangzhou).start(pods)
  const remote = await new Region(shanghai).start(far ? 0 : 2)
  const decision = decide({
    service,
    source: parseLocality(hangzhou),
    sourceLabels: {},
    role: 'gateway',
    policies: [policy(spec)],
    knownRegions: [hangzhou, shanghai],
  })
  const arrangement = arrange(decision, [
    ...local.ports.map(port => endpoint(hangzhou, port)).map(change),
    ...(far ?? remote).ports.map(port => endpoint(shanghai, port)),
  ])
  running.push(local, remote, ...(far ? [far] : []))
  const envoy = new StaticEnvoy()
  running.push(envoy)
  await envoy.start(decision, arrangement)
  return { local, remote, envoy, destinations: destinations(decision, arrangement) }
}

/** Requests by the region that served them; `failed` is there only where some failed. */
function served(answers: readonly Answer[]): Record<string, number> {
  const by: Record<string, number> = {}
  for (const a of answers) {
    const key = a.status === 200 ? a.body : 'failed'
    by[key] = (by[key] ?? 0) + 1
  }
  return Object.fromEntries(Object.entries(by).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const service: Service = {
  hostname: 'reviews.default.svc.cluster.local',
  namespace: 'default',
  ports: [{ name: 'http', number: 9080, protocol: 'HTTP' }],
  addresses: new Map(),
  resolution: 'static',
  location: 'internal',
  exportTo: ['*'],
  labels: {},
  clusters: [],
  origins: [],
}

function policy(spec: Partial<RegionalTrafficPolicy>): RegionalTrafficPolicy {
  const meta = { name: 'mesh-wide', namespace: 'istio-system' }
  const origin = { cluster: '', apiVersion: 'mesh.isthmus.dev/v1alpha1', kind: 'RegionalTrafficPolicy', ...meta }
  return { ...meta, createdAt: 0, exportTo: ['*'], services: [], origin, ...spec }
}

function endpoint(region: string, port: number): Endpoint {
  return {
    address: '127.0.0.1',
    port,
    portName: 'http',
    locality: parseLocality(region),
    labels: {},
    health: 'healthy',
    weight: 1,
    cluster: '',
    network: '',
    namespace: 'default',
    workload: 'reviews',
    pod: '',
    serviceAccount: 'default',
    stale: false,
  }
}
