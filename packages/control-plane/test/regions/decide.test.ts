import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  both,
  bothWays,
  decideFor,
  destinationRule,
  hangzhou,
  policy,
  reviews,
  shanghai,
  tenPercent,
  trafficPolicy,
  tutorialRule,
} from './builders.ts'

const codes = (d: ReturnType<typeof decideFor>) => d.findings.map(f => f.code)

describe('without a policy', () => {
  test('all endpoints alike, and it says that traffic is not kept local', () => {
    const d = decideFor(hangzhou, [])
    assert.equal(d.mode, 'none')
    assert.deepEqual(d.ordering, { kind: 'flat' })
    assert.equal(d.outlierDetection, undefined)
    assert.equal(d.retry, undefined)
    assert.match(d.reasons.join('\n'), /not kept local/)
  })

  test('outlier detection alone turns on locality failover, as in Istio, and its 10% is reported', () => {
    const d = decideFor(hangzhou, [], { trafficPolicy: tutorialRule, destinationRule })
    assert.equal(d.mode, 'istio')
    assert.deepEqual(d.ordering, { kind: 'istioFailover', rules: [] })
    assert.equal(d.outlierDetection?.maxEjectionPercent, 10)
    assert.deepEqual(codes(d), ['ISM2112'])
  })
})

describe('failover', () => {
  test('own region first, then the list, then every other', () => {
    const d = decideFor(hangzhou, [bothWays])
    assert.equal(d.mode, 'failover')
    assert.deepEqual(d.ordering, { kind: 'regions', order: [hangzhou, shanghai], zones: true, rest: true })
    assert.equal(d.overprovisioningFactor, 140)
    assert.equal(d.panicThresholdPercent, 1)
  })

  test('gateways route by locality exactly as sidecars do', () => {
    assert.deepEqual(
      decideFor(hangzhou, [bothWays], { role: 'gateway' }).ordering,
      decideFor(hangzhou, [bothWays], { role: 'sidecar' }).ordering,
    )
  })

  test('only: no other region', () => {
    const rules = [{ from: hangzhou, to: [shanghai], only: true }]
    const d = decideFor(hangzhou, [policy({ failover: { enabled: true, rules } })])
    assert.equal(d.ordering.kind === 'regions' && d.ordering.rest, false)
  })

  test('a threshold becomes the overprovisioning factor, counted over the whole region', () => {
    for (const [threshold, factor] of [
      [50, 200],
      [100, 100],
      [70, 143],
      [1, 10_000],
    ] as const) {
      const rules = [{ from: hangzhou, to: [shanghai], only: false, thresholdPercent: threshold }]
      const d = decideFor(hangzhou, [policy({ failover: { enabled: true, rules } })])
      assert.equal(d.overprovisioningFactor, factor)
      assert.equal(d.ordering.kind === 'regions' && d.ordering.zones, false)
    }
  })

  test('a region without a rule still keeps its own traffic', () => {
    const d = decideFor('cn-beijing', [bothWays])
    assert.deepEqual(d.ordering, { kind: 'regions', order: ['cn-beijing'], zones: true, rest: true })
  })

  test('a proxy of unknown region uses all alike, and the policy is told', () => {
    const d = decideFor('', [bothWays])
    assert.deepEqual(d.ordering, { kind: 'flat' })
    assert.ok(codes(d).includes('ISM2106'))
  })

  test('switched off it is as if it were not there', () => {
    const off = policy({ failover: { enabled: false, rules: bothWays.failover!.rules } })
    const d = decideFor(hangzhou, [off])
    assert.equal(d.mode, 'none')
    assert.match(d.reasons[0]!, /neither failover nor distribution/)
  })
})

describe('outlier detection that ejects', () => {
  test('supplied where nobody wrote any: the first gateway failure ejects, all may be ejected, at once', () => {
    const d = decideFor(hangzhou, [bothWays])
    assert.deepEqual(d.outlierDetection, {
      consecutive5xx: 5,
      consecutiveGatewayFailure: 1,
      consecutiveLocalOriginFailure: undefined,
      splitExternalLocalOriginErrors: false,
      intervalMs: 1000,
      baseEjectionTimeMs: 10_000,
      maxEjectionPercent: 100,
      immediate: true,
    })
    assert.deepEqual(codes(d), ['ISM2101'])
    assert.equal(d.findings[0]?.severity, 'info')
    assert.equal(d.findings[0]?.origin.name, 'mesh-wide')
  })

  test("the tutorial's own settings are kept, but for the 10% that ejects nobody of three", () => {
    const d = decideFor(hangzhou, [bothWays], { trafficPolicy: tutorialRule, destinationRule })
    assert.equal(d.outlierDetection?.consecutive5xx, 1)
    assert.equal(d.outlierDetection?.consecutiveGatewayFailure, undefined)
    assert.equal(d.outlierDetection?.baseEjectionTimeMs, 60_000)
    assert.equal(d.outlierDetection?.maxEjectionPercent, 100)
    assert.match(d.reasons.join('\n'), /set maxEjectionPercent 100 because 10/)
    assert.deepEqual(codes(d), ['ISM2101'])
  })

  test('an explicit 10 is replaced too, and the finding is another one', () => {
    const outlierDetection = { consecutive5xxErrors: 3, maxEjectionPercent: 10 }
    const d = decideFor(hangzhou, [bothWays], { trafficPolicy: trafficPolicy({ outlierDetection }), destinationRule })
    assert.equal(d.outlierDetection?.maxEjectionPercent, 100)
    assert.equal(d.outlierDetection?.consecutive5xx, 3)
    assert.deepEqual(codes(d), ['ISM2102'])
  })

  test('detection switched off altogether is switched on, and said', () => {
    const outlierDetection = { consecutive5xxErrors: 0, maxEjectionPercent: 100 }
    const d = decideFor(hangzhou, [bothWays], { trafficPolicy: trafficPolicy({ outlierDetection }) })
    assert.equal(d.outlierDetection?.consecutive5xx, 0)
    assert.equal(d.outlierDetection?.consecutiveGatewayFailure, 1)
    assert.deepEqual(codes(d), ['ISM2102'])
  })

  test('split errors would never eject a hung pod: with unansweredAfter they are not split', () => {
    const user = trafficPolicy({ outlierDetection: { splitExternalLocalOriginErrors: true, maxEjectionPercent: 100 } })
    const patient = policy({ ...bothWays, unansweredAfterMs: 2000 })
    assert.equal(
      decideFor(hangzhou, [patient], { trafficPolicy: user }).outlierDetection?.splitExternalLocalOriginErrors,
      false,
    )
    assert.equal(
      decideFor(hangzhou, [bothWays], { trafficPolicy: user }).outlierDetection?.splitExternalLocalOriginErrors,
      true,
    )
  })

  test('the policy itself may choose; the DestinationRule of the host beats it', () => {
    const chosen = policy({ ...bothWays, outlierDetection: { consecutive5xxErrors: 7, intervalMs: 3000 } })
    const alone = decideFor(hangzhou, [chosen]).outlierDetection
    assert.equal(alone?.consecutive5xx, 7)
    assert.equal(alone?.consecutiveGatewayFailure, undefined)
    assert.equal(alone?.intervalMs, 3000)
    const withRule = decideFor(hangzhou, [chosen], { trafficPolicy: tutorialRule }).outlierDetection
    assert.equal(withRule?.consecutive5xx, 1)
    assert.equal(withRule?.intervalMs, 1000)
  })

  test('minHealthPercent is the panic threshold, and stands', () => {
    const user = trafficPolicy({ outlierDetection: { minHealthPercent: 0, maxEjectionPercent: 100 } })
    assert.equal(decideFor(hangzhou, [bothWays], { trafficPolicy: user }).panicThresholdPercent, 0)
  })
})

describe('retries', () => {
  test('another host, another priority, a budget; nothing that is not idempotent twice', () => {
    const { retry, connectTimeoutMs } = decideFor(hangzhou, [policy({ ...bothWays, unansweredAfterMs: 500 })])
    assert.ok(retry)
    assert.match(retry.retryOn, /gateway-error/)
    assert.doesNotMatch(retry.retryOnNotIdempotent, /gateway-error|reset(,|$)|5xx/)
    assert.equal(retry.previousHosts, true)
    assert.equal(retry.previousPriorities, true)
    assert.equal(retry.perTryTimeoutMs, 500)
    assert.equal(retry.attempts, 5)
    assert.equal(retry.budgetPercent, 20)
    assert.equal(connectTimeoutMs, 1000)
  })

  test('an attempt that is slow is waited for beside the next one, where a limit says what slow is', () => {
    assert.equal(decideFor(hangzhou, [policy({ ...bothWays, unansweredAfterMs: 500 })]).retry?.hedge, true)
    assert.equal(decideFor(hangzhou, [bothWays]).retry?.hedge, false)
  })

  test("the user's connect timeout stands", () => {
    const user = trafficPolicy({ connectionPool: { tcp: { connectTimeoutMs: 7000 } } })
    assert.equal(decideFor(hangzhou, [bothWays], { trafficPolicy: user }).connectTimeoutMs, 7000)
  })
})

describe('distribution', () => {
  const shares = { [hangzhou]: 90, [shanghai]: 10 }

  test('mesh-wide it is decided once, by the gateways of the source region', () => {
    const gateway = decideFor(hangzhou, [tenPercent], { role: 'gateway' })
    assert.equal(gateway.mode, 'distribution')
    assert.deepEqual(gateway.ordering, { kind: 'shares', shares, order: [hangzhou], rest: true })
    assert.equal(gateway.localityWeighted, true)
    const elsewhere = decideFor(shanghai, [tenPercent], { role: 'gateway' })
    assert.deepEqual(elsewhere.ordering, { kind: 'regions', order: [shanghai], zones: true, rest: true })
  })

  test('later hops stay in the region they are in, whichever it is', () => {
    for (const region of [hangzhou, shanghai]) {
      const d = decideFor(region, [tenPercent])
      assert.deepEqual(d.ordering, { kind: 'regions', order: [region], zones: true, rest: true })
      assert.equal(d.localityWeighted, false)
      assert.match(d.reasons.join('\n'), /decided once, where a request enters the mesh/)
    }
  })

  test("at every hop it is Istio's way", () => {
    const every = policy({ distribution: { ...tenPercent.distribution!, at: 'everyHop' } })
    assert.equal(decideFor(hangzhou, [every]).ordering.kind, 'shares')
  })

  test('for a named service its callers decide', () => {
    const named = policy({
      name: 'reviews',
      namespace: 'default',
      services: [reviews.hostname],
      distribution: tenPercent.distribution,
    })
    assert.equal(decideFor(hangzhou, [named]).ordering.kind, 'shares')
    assert.equal(decideFor(hangzhou, [named], { role: 'gateway' }).ordering.kind, 'shares')
  })

  test('both may hold: shares, and the failover order behind them', () => {
    const d = decideFor(hangzhou, [both], { role: 'gateway' })
    assert.equal(d.mode, 'both')
    assert.deepEqual(d.ordering, { kind: 'shares', shares, order: [hangzhou, shanghai], rest: true })
    const sidecar = decideFor(hangzhou, [both])
    assert.deepEqual(sidecar.ordering, { kind: 'regions', order: [hangzhou, shanghai], zones: true, rest: true })
  })

  test('everything to another region', () => {
    const all = policy({
      distribution: { enabled: true, at: 'everyHop', rules: [{ from: hangzhou, to: { [shanghai]: 100 } }] },
    })
    const { ordering } = decideFor(hangzhou, [all])
    assert.deepEqual(ordering.kind === 'shares' && ordering.shares, { [shanghai]: 100 })
  })
})

describe('which policy', () => {
  test('a policy for the service beats the mesh-wide one, section by section', () => {
    const named = policy({
      name: 'reviews',
      namespace: 'default',
      services: [reviews.hostname],
      distribution: { enabled: true, at: 'entry', rules: [{ from: hangzhou, to: { [shanghai]: 25 } }] },
    })
    const d = decideFor(hangzhou, [bothWays, named])
    assert.equal(d.mode, 'both')
    assert.deepEqual(d.ordering.kind === 'shares' && d.ordering.shares, { [hangzhou]: 75, [shanghai]: 25 })
    assert.equal(d.decidedBy?.name, 'reviews')
  })

  test('a service may be given less time to answer, and keep the rest of the mesh-wide policy', () => {
    const meshWide = policy({ ...bothWays, unansweredAfterMs: 5000 })
    const quick = policy({
      name: 'reviews',
      namespace: 'default',
      services: [reviews.hostname],
      unansweredAfterMs: 500,
    })
    const d = decideFor(hangzhou, [meshWide, quick])
    assert.equal(d.mode, 'failover')
    assert.equal(d.retry?.perTryTimeoutMs, 500)
  })

  test('a policy may take its service out of the mesh-wide one', () => {
    const named = policy({
      name: 'reviews',
      namespace: 'default',
      services: [reviews.hostname],
      failover: { enabled: false, rules: [] },
    })
    assert.equal(decideFor(hangzhou, [bothWays, named]).mode, 'none')
  })

  test('mesh-wide counts in the root namespace only, a named service in its own or the root', () => {
    assert.equal(decideFor(hangzhou, [policy({ ...bothWays, namespace: 'team-a' })]).mode, 'none')
    const foreign = policy({ ...bothWays, name: 'x', namespace: 'team-a', services: [reviews.hostname] })
    assert.equal(decideFor(hangzhou, [foreign]).mode, 'none')
    const root = policy({ ...bothWays, name: 'x', services: [reviews.hostname] })
    assert.equal(decideFor(hangzhou, [root]).mode, 'failover')
  })

  test('of two alike the older wins, in whatever order they come', () => {
    const older = policy({ ...bothWays, name: 'older', createdAt: 1 })
    const newer = policy({ ...tenPercent, name: 'newer', createdAt: 2 })
    for (const list of [
      [older, newer],
      [newer, older],
    ])
      assert.equal(decideFor(hangzhou, list).mode, 'failover')
  })
})

describe("Istio's localityLbSetting on a DestinationRule", () => {
  const none = { distribute: [], failover: [], failoverPriority: [] }
  const withSetting = (setting: object, outlierDetection?: object) => ({
    destinationRule,
    trafficPolicy: trafficPolicy({ loadBalancer: { localityLbSetting: { ...none, ...setting } }, outlierDetection }),
  })

  test('beats the policy for its host, and the policy says so', () => {
    const d = decideFor(hangzhou, [bothWays], withSetting({ enabled: false }))
    assert.deepEqual(d.ordering, { kind: 'flat' })
    assert.equal(d.mode, 'istio')
    const finding = d.findings.find(f => f.code === 'ISM2104')
    assert.equal(finding?.origin.name, 'mesh-wide')
    assert.match(finding!.message, /DestinationRule default\/reviews/)
  })

  test('failover needs outlier detection, as in Istio, and says so where it is missing', () => {
    const failover = [{ from: hangzhou, to: shanghai }]
    const without = decideFor(hangzhou, [], withSetting({ failover }))
    assert.deepEqual(without.ordering, { kind: 'flat' })
    assert.deepEqual(codes(without), ['ISM2105'])
    assert.equal(without.findings[0]?.origin.kind, 'DestinationRule')
    const withIt = decideFor(hangzhou, [], withSetting({ failover }, { maxEjectionPercent: 100 }))
    assert.deepEqual(withIt.ordering, { kind: 'istioFailover', rules: failover })
    assert.deepEqual(codes(withIt), [])
  })

  test('distribute from the first pattern that matches', () => {
    const distribute = [
      { from: 'cn-hangzhou/zone-b/*', to: { 'cn-shanghai/*': 100 } },
      { from: 'cn-hangzhou/*', to: { 'cn-hangzhou/*': 80, 'cn-shanghai/*': 20 } },
    ]
    const a = decideFor('cn-hangzhou/zone-a', [], withSetting({ distribute }))
    assert.deepEqual(a.ordering, { kind: 'distribute', to: { 'cn-hangzhou/*': 80, 'cn-shanghai/*': 20 } })
    assert.equal(a.localityWeighted, true)
    const b = decideFor('cn-hangzhou/zone-b/1', [], withSetting({ distribute }))
    assert.deepEqual(b.ordering, { kind: 'distribute', to: { 'cn-shanghai/*': 100 } })
    assert.deepEqual(decideFor(shanghai, [], withSetting({ distribute })).ordering, { kind: 'flat' })
  })

  test("failoverPriority compares the source's labels, its place among them", () => {
    const setting = { failoverPriority: ['topology.kubernetes.io/region', 'version=v2'] }
    const d = decideFor(hangzhou, [], { ...withSetting(setting, {}), sourceLabels: { version: 'v1', app: 'x' } })
    assert.deepEqual(d.ordering, {
      kind: 'failoverPriority',
      keys: setting.failoverPriority,
      labels: { 'topology.kubernetes.io/region': hangzhou, version: 'v1' },
    })
  })
})
