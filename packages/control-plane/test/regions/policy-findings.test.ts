import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RegionalTrafficPolicy } from '@isthmus/control-plane/model/index.ts'
import { policyFindings } from '@isthmus/control-plane/regions/index.ts'
import { bothWays, hangzhou, policy, reviews, shanghai, tenPercent } from './builders.ts'

const mesh = {
  services: new Map([[reviews.hostname, reviews]]),
  knownRegions: [hangzhou, shanghai],
  rootNamespace: 'istio-system',
}
const found = (...policies: RegionalTrafficPolicy[]) =>
  policyFindings(policies, mesh).map(f => `${f.code} ${f.origin.name} ${f.field ?? ''}`.trim())

test('a good policy has nothing to be said, once it knows how long to wait', () => {
  assert.deepEqual(found(policy({ ...bothWays, unansweredAfterMs: 2000 })), [])
  assert.deepEqual(found(bothWays), ['ISM2103 mesh-wide spec.unansweredAfter'])
})

test('a region nobody is in, with the field that names it', () => {
  const rules = [{ from: hangzhou, to: ['cn-shangai'], only: false }]
  assert.deepEqual(found(policy({ failover: { enabled: true, rules }, unansweredAfterMs: 1 })), [
    'ISM2107 mesh-wide spec.failover.rules[0].to[0]',
  ])
})

test('shares that cannot be, wherever the policy came from', () => {
  const wrong: Record<string, number>[] = [
    { [shanghai]: 101 },
    { [shanghai]: 0.5 },
    { [shanghai]: -1 },
    { [hangzhou]: 50, [shanghai]: 10 },
  ]
  for (const to of wrong) {
    const rules = [{ from: hangzhou, to }]
    const list = found(policy({ distribution: { enabled: true, at: 'entry', rules }, unansweredAfterMs: 1 }))
    assert.deepEqual(list, ['ISM2111 mesh-wide spec.distribution.rules[0].to'], JSON.stringify(to))
  }
})

test('where a policy does not count, it says so', () => {
  const a = policy({ ...tenPercent, namespace: 'team-a', unansweredAfterMs: 1 })
  assert.deepEqual(found(a), ['ISM2109 mesh-wide spec.services'])
  assert.deepEqual(found({ ...a, services: [reviews.hostname] }), ['ISM2110 mesh-wide spec.services[0]'])
  assert.deepEqual(found(policy({ ...bothWays, services: ['x.default.svc.cluster.local'], unansweredAfterMs: 1 })), [
    'ISM2113 mesh-wide spec.services[0]',
  ])
})

test('two for the same: the younger one hears of it', () => {
  const quiet = { unansweredAfterMs: 1 }
  const older = policy({ ...bothWays, ...quiet, name: 'older', createdAt: 1 })
  const newer = policy({ ...tenPercent, ...quiet, name: 'newer', createdAt: 2 })
  assert.deepEqual(found(older, newer), ['ISM2108 newer'])
})

test('rules without effect, and a policy that does nothing', () => {
  const rules = [
    { from: hangzhou, to: [hangzhou, shanghai], only: false },
    { from: hangzhou, to: [shanghai], only: false },
  ]
  assert.deepEqual(found(policy({ failover: { enabled: true, rules }, unansweredAfterMs: 1 })), [
    'ISM2114 mesh-wide spec.failover.rules[1]',
    'ISM2114 mesh-wide spec.failover.rules[0].to',
  ])
  assert.deepEqual(found(policy({})), ['ISM2115 mesh-wide'])
})

test('a policy for named services may only set what the mesh-wide one leaves open', () => {
  const meshWide = policy({ ...bothWays, unansweredAfterMs: 5000 })
  const named = { name: 'reviews', namespace: 'default', services: [reviews.hostname] }
  assert.deepEqual(found(meshWide, policy({ ...named, unansweredAfterMs: 500 })), [])
  assert.deepEqual(found(meshWide, policy({ ...named, failover: { enabled: false, rules: [] } })), [])
  assert.deepEqual(found(meshWide, policy({ ...named, distribution: tenPercent.distribution })), [])
  assert.deepEqual(found(policy({ ...named, distribution: tenPercent.distribution })), [
    'ISM2103 reviews spec.unansweredAfter',
  ])
})
