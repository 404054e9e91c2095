import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DecideInput, explain } from '@isthmus/control-plane/regions/index.ts'
import { beijing, both, bothWays, decideFor, endpoints, hangzhou, policy, shanghai } from './builders.ts'

const why = (
  policies: Parameters<typeof decideFor>[1],
  list: ReturnType<typeof endpoints>,
  more: Partial<DecideInput> = {},
) =>
  explain({
    service: 'reviews.default.svc.cluster.local',
    role: more.role ?? 'sidecar',
    decision: decideFor(hangzhou, policies, more),
    endpoints: list,
  })

const sick = { health: 'unhealthy' } as const

test('without a policy: by number of endpoints, and what would keep it local', () => {
  const e = why([], [...endpoints(hangzhou, 2), ...endpoints(shanghai, 1)])
  assert.equal(e.summary, '66.67% cn-hangzhou, 33.33% cn-shanghai')
  assert.match(e.changes.join('\n'), /RegionalTrafficPolicy with failover from cn-hangzhou/)
})

test('failover: kept local, and after how many more it leaves', () => {
  const e = why([bothWays], [...endpoints(hangzhou, 3), ...endpoints(shanghai, 1)])
  assert.equal(e.summary, '100% cn-hangzhou: kept local')
  assert.equal(e.decidedBy, 'RegionalTrafficPolicy istio-system/mesh-wide')
  assert.deepEqual(e.changes.slice(0, 2), [
    '1 more unhealthy endpoint of cn-hangzhou and requests begin to leave it: 93% cn-hangzhou, 7% cn-shanghai',
    'without any of 3 healthy endpoints of cn-hangzhou: 100% cn-shanghai',
  ])
})

test('scaled to 0: the other region', () => {
  const e = why([bothWays], endpoints(shanghai, 1))
  assert.equal(e.summary, '100% cn-shanghai')
  assert.match(e.reasons.join('\n'), /cn-hangzhou has no endpoint of this service/)
})

test('last known endpoints and those of unknown region are told apart', () => {
  const e = why([bothWays], [...endpoints(hangzhou, 1, { stale: true }), ...endpoints('', 1)])
  assert.match(e.reasons.join('\n'), /1 of 2 endpoints have no region/)
  assert.match(e.reasons.join('\n'), /1 of 2 endpoints are last known/)
})

test('half of the region broken: 70 and 30, with the reason, and what it would be healed', () => {
  const e = why([bothWays], [...endpoints(hangzhou, 1), ...endpoints(hangzhou, 1, sick), ...endpoints(shanghai, 1)])
  assert.equal(e.summary, '70% cn-hangzhou, 30% cn-shanghai')
  assert.match(e.reasons.join('\n'), /cn-hangzhou: 1 of 2 endpoints are healthy/)
  assert.match(e.changes.join('\n'), /with all endpoints healthy again: 100% cn-hangzhou/)
})

test('both policies: 90/10, on loss 0/100', () => {
  const role = 'gateway' as const
  const there = endpoints(shanghai, 1)
  const e = why([both], [...endpoints(hangzhou, 2), ...there], { role })
  assert.equal(e.summary, '90% cn-hangzhou, 10% cn-shanghai')
  assert.match(e.changes.join('\n'), /without any of 2 healthy endpoints of cn-hangzhou: 100% cn-shanghai/)
  assert.equal(why([both], [...endpoints(hangzhou, 2, sick), ...there], { role }).summary, '100% cn-shanghai')
  assert.equal(why([both], there, { role }).summary, '100% cn-shanghai')
})

test('nothing healthy anywhere: all alike, as a last resort', () => {
  const e = why([bothWays], [...endpoints(hangzhou, 1, sick), ...endpoints(shanghai, 1, sick)])
  assert.equal(e.summary, '50% cn-hangzhou, 50% cn-shanghai, to healthy and unhealthy alike')
  assert.match(e.reasons.join('\n'), /panic/)
})

test('no endpoint, or none that is allowed', () => {
  assert.match(why([bothWays], []).summary, /no endpoint: every request fails/)
  const only = policy({ failover: { enabled: true, rules: [{ from: hangzhou, to: [shanghai], only: true }] } })
  assert.match(why([only], endpoints(beijing, 1)).summary, /no endpoint is in a region the policy allows/)
})

test('a thousand endpoints are explained in a moment', () => {
  const e = why([bothWays], [...endpoints(hangzhou, 1000), ...endpoints(shanghai, 1000)])
  assert.match(e.changes[0]!, /^286 more unhealthy endpoints of cn-hangzhou/)
})
