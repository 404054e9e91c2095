import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { distributionFaults, failoverFaults, sharesOf } from '../src/policy/checks.ts'
import { applyCommand, regionCommands } from '../src/policy/commands.ts'
import {
  newPolicy,
  readPolicy,
  removeRule,
  setAt,
  setDistributionRule,
  setEnabled,
  setFailoverRule,
  setUnansweredAfter,
} from '../src/policy/document.ts'
import { localRest, type Policy } from '../src/policy/policy.ts'
import { targetOf } from '../src/policy/target.ts'

const regions = ['cn-hangzhou', 'cn-shanghai', 'ap-southeast-1', 'eu-central-1']
const start = newPolicy({ name: 'mesh-wide', namespace: 'istio-system' })

function policyOf(text: string): Policy {
  const read = readPolicy(text)
  assert.equal(read.error, undefined, text)
  return read.policy as Policy
}

const region = fc.constantFrom(...regions)
const failoverRule = fc.record({
  from: region,
  to: fc.uniqueArray(region, { maxLength: 3 }),
  only: fc.boolean(),
  thresholdPercent: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
})
const distributionRule = fc.record({
  from: region,
  to: fc.dictionary(region, fc.integer({ min: 0, max: 100 }), { maxKeys: 3 }),
})
const step = fc.oneof(
  fc.record({ do: fc.constant('failover' as const), at: fc.nat(3), rule: failoverRule }),
  fc.record({ do: fc.constant('distribution' as const), at: fc.nat(3), rule: distributionRule }),
  fc.record({
    do: fc.constant('remove' as const),
    section: fc.constantFrom('failover' as const, 'distribution' as const),
    at: fc.nat(3),
  }),
  fc.record({
    do: fc.constant('switch' as const),
    section: fc.constantFrom('failover' as const, 'distribution' as const),
    on: fc.boolean(),
  }),
  fc.record({ do: fc.constant('at' as const), at: fc.constantFrom('entry' as const, 'everyHop' as const) }),
  fc.record({ do: fc.constant('limit' as const), duration: fc.constantFrom('', '500ms', '2s') }),
)

test('whatever is clicked, the text says it: what the form wrote it reads again', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), steps => {
      let text = start
      for (const s of steps) {
        const before = policyOf(text)
        if (s.do === 'failover') {
          const at = Math.min(s.at, before.failover.rules.length)
          text = setFailoverRule(text, at, s.rule)
          const now = policyOf(text).failover.rules[at]
          assert.deepEqual(now, {
            from: s.rule.from,
            to: s.rule.to,
            ...(s.rule.only && { only: true }),
            ...(s.rule.thresholdPercent !== undefined && { thresholdPercent: s.rule.thresholdPercent }),
          })
        } else if (s.do === 'distribution') {
          const at = Math.min(s.at, before.distribution.rules.length)
          text = setDistributionRule(text, at, s.rule)
          assert.deepEqual(policyOf(text).distribution.rules[at], { from: s.rule.from, to: { ...s.rule.to } })
        } else if (s.do === 'remove') {
          if (s.at >= before[s.section].rules.length) continue
          text = removeRule(text, s.section, s.at)
          const left: readonly unknown[] = before[s.section].rules
          assert.deepEqual(policyOf(text)[s.section].rules, left.toSpliced(s.at, 1))
        } else if (s.do === 'switch') {
          text = setEnabled(text, s.section, s.on)
          assert.equal(policyOf(text)[s.section].enabled, s.on)
          assert.deepEqual(policyOf(text)[s.section].rules, before[s.section].rules)
        } else if (s.do === 'at') {
          if (!before.distribution.there) continue
          text = setAt(text, s.at)
          assert.equal(policyOf(text).distribution.at, s.at === 'everyHop' ? 'everyHop' : undefined)
        } else {
          text = setUnansweredAfter(text, s.duration)
          assert.equal(policyOf(text).unansweredAfter, s.duration || undefined)
        }
      }
    }),
    { numRuns: 300 },
  )
})

const written = `apiVersion: mesh.isthmus.dev/v1alpha1
kind: RegionalTrafficPolicy
metadata: {name: mesh-wide, namespace: istio-system}
spec:
  # why Hangzhou leans on Shanghai
  failover:
    rules:
      - from: cn-hangzhou
        to: [cn-shanghai] # nearest
        someday: kept
  outlierDetection:
    consecutive5xxErrors: 3
`

test('an edit of one rule leaves comments, order and unknown fields as they are', () => {
  const text = setFailoverRule(written, 0, { from: 'cn-hangzhou', to: ['ap-southeast-1', 'cn-shanghai'] })
  assert.equal(text, written.replace('[cn-shanghai]', '[ap-southeast-1, cn-shanghai]'))
  const shares = written
    .replace('failover:', 'distribution:')
    .replace('to: [cn-shanghai] # nearest', 'to: {cn-shanghai: 10} # a tenth')
  assert.equal(
    setDistributionRule(shares, 0, { from: 'cn-hangzhou', to: { 'cn-shanghai': 25 } }),
    shares.replace('10}', '25}'),
  )
})

test('a policy made by clicks reads as people write one', () => {
  const text = setFailoverRule(start, 0, { from: 'cn-hangzhou', to: ['cn-shanghai'] })
  assert.match(text, /\nspec:\n {2}failover:\n {4}rules:\n {6}- from: cn-hangzhou\n {8}to: \[cn-shanghai\]\n$/)
})

test('switched off and on again, nothing else has changed', () => {
  assert.equal(setEnabled(setEnabled(written, 'failover', false), 'failover', true), written)
})

test('what is no policy is said to be none, in words', () => {
  for (const text of [
    '',
    'kind: [',
    'kind: Pod\nmetadata: {name: x}',
    'just words',
    '- 1',
    'kind: RegionalTrafficPolicy\nmetadata: {name: a}\nspec: 3',
  ])
    assert.ok(readPolicy(text).error, text)
})

test('reading never throws, whatever is typed', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), text => void readPolicy(text)))
})

test('the local rest and the shares that are drawn make 100 where the rule is well', () => {
  fc.assert(
    fc.property(distributionRule, rule => {
      const sum = Object.entries(rule.to).reduce((n, [r, p]) => (r === rule.from ? n : n + p), 0)
      assert.equal(localRest(rule), 100 - sum)
      if (sum <= 100)
        assert.equal(
          sharesOf(rule).reduce((n, s) => n + s.percent, 0),
          100,
        )
    }),
  )
})

test('faults are found as one types', () => {
  const policy = (text: string) => policyOf(`kind: RegionalTrafficPolicy\nmetadata: {name: a}\nspec: ${text}`)
  const failover = policy(
    '{failover: {rules: [{from: cn-hangzhou, to: [cn-hangzhou]}, {from: cn-hangzhou, to: []}, {from: cn-mars, to: [cn-shanghai], thresholdPercent: 0}]}}',
  )
  assert.deepEqual(failoverFaults(failover, 0, regions), ['self'])
  assert.deepEqual(failoverFaults(failover, 1, regions), ['twice', 'noTo'])
  assert.deepEqual(failoverFaults(failover, 2, regions), ['unknown', 'threshold'])
  const shares = policy(
    '{distribution: {rules: [{from: cn-hangzhou, to: {cn-shanghai: 60, ap-southeast-1: 50}}, {from: cn-shanghai, to: {cn-shanghai: 50, cn-hangzhou: 10}}, {from: eu-central-1, to: {cn-hangzhou: 1.5}}]}}',
  )
  assert.deepEqual(distributionFaults(shares, 0, regions), ['tooMuch'])
  assert.deepEqual(distributionFaults(shares, 1, regions), ['mustBeAll'])
  assert.deepEqual(distributionFaults(shares, 2, regions), ['notWhole'])
})

test('each form has its commands', () => {
  const policy = policyOf(
    setDistributionRule(
      setFailoverRule(start, 0, { from: 'cn-hangzhou', to: ['cn-shanghai'], only: true, thresholdPercent: 50 }),
      0,
      { from: 'cn-hangzhou', to: { 'cn-shanghai': 10 } },
    ),
  )
  assert.deepEqual(
    regionCommands({ name: 'reviews', namespace: 'default', service: 'reviews.default.svc.cluster.local' }, policy),
    [
      'isthmus region failover set cn-hangzhou cn-shanghai --only --threshold 50 --service reviews.default.svc.cluster.local -n default',
      'isthmus region distribution set cn-hangzhou cn-shanghai=10 --service reviews.default.svc.cluster.local -n default',
    ],
  )
  assert.match(applyCommand(start), /^kubectl --context mesh apply -f - <<'YAML'\napiVersion/)
})

test('the policy that counts for a service is found as the control plane finds it', () => {
  const object = (name: string, namespace: string, services: string[]) => ({
    apiVersion: 'mesh.isthmus.dev/v1alpha1',
    kind: 'RegionalTrafficPolicy',
    metadata: { name, namespace },
    spec: { services },
  })
  const policies = [
    object('all', 'istio-system', []),
    object('r', 'default', ['reviews']),
    object('x', 'other', ['reviews']),
  ]
  const reviews = 'reviews.default.svc.cluster.local'
  assert.deepEqual(targetOf(policies, '', 'istio-system'), { name: 'all', namespace: 'istio-system', there: true })
  assert.deepEqual(targetOf(policies, reviews, 'istio-system'), {
    name: 'r',
    namespace: 'default',
    service: reviews,
    there: true,
  })
  assert.equal(targetOf([], '', 'istio-system').there, false)
  assert.deepEqual(targetOf([], 'api.example.com', 'istio-system'), {
    name: 'api.example.com',
    namespace: 'istio-system',
    service: 'api.example.com',
    there: false,
  })
})
