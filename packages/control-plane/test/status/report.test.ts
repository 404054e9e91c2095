import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Finding, Origin } from '../../src/model/index.ts'
import { conditionsOf } from '../../src/status/index.ts'

const origin: Origin = {
  cluster: '',
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  namespace: 'default',
  name: 'reviews',
}
const finding = (severity: Finding['severity'], message: string, field?: string): Finding => ({
  code: 'ISM1001',
  severity,
  origin,
  message,
  field,
})
const states = (conditions: readonly { type: string; status: string }[]) =>
  Object.fromEntries(conditions.map(c => [c.type, c.status]))

test('an object with nothing wrong is accepted, and saying it again changes nothing', () => {
  const once = conditionsOf(undefined, [], [], 1, 1000)
  assert.deepEqual(states(once), { Accepted: 'True' })
  assert.equal(conditionsOf(once, [], [], 1, 9000), once)
})

test('a wrong field is named, and mending it moves the condition back', () => {
  const wrong = conditionsOf(undefined, [finding('error', 'weights add up to 90', 'spec.http[0].route')], [], 1, 1000)
  assert.equal(wrong[0]!.status, 'False')
  assert.match(wrong[0]!.message, /spec\.http\[0\]\.route: weights add up to 90 \(ISM1001\)/)
  const mended = conditionsOf(wrong, [], [], 2, 5000)
  assert.deepEqual(states(mended), { Accepted: 'True' })
  assert.notEqual(mended[0]!.lastTransitionTime, wrong[0]!.lastTransitionTime)
})

test("a proxy's refusal is shown in its own words and cleared when it takes the next one", () => {
  const refused = conditionsOf(undefined, [], [{ proxy: 'sidecar~10.0.0.1', words: 'bad regex' }], 1, 1000)
  assert.deepEqual(states(refused), { Accepted: 'True', Programmed: 'False' })
  assert.match(refused[1]!.message, /bad regex/)
  assert.deepEqual(states(conditionsOf(refused, [], [], 1, 2000)), { Accepted: 'True', Programmed: 'True' })
})

test('what was set on the user’s behalf is there while it holds, and conditions of others are left alone', () => {
  const others = [
    {
      type: 'Reconciled',
      status: 'True' as const,
      reason: 'X',
      message: '',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ]
  const adjusted = conditionsOf(others, [finding('info', 'set maxEjectionPercent 100')], [], 1, 1000)
  assert.deepEqual(states(adjusted), { Reconciled: 'True', Accepted: 'True', Adjusted: 'True' })
  assert.deepEqual(states(conditionsOf(adjusted, [], [], 1, 1000)), { Reconciled: 'True', Accepted: 'True' })
})
