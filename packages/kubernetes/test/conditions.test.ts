import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setCondition } from '../src/index.ts'

test('lastTransitionTime moves only when the status does', () => {
  const ready = (status: 'True' | 'False', message: string, generation = 1) =>
    ({ type: 'Ready', status, reason: 'R', message, observedGeneration: generation }) as const
  const one = setCondition(undefined, ready('False', 'a'), 1000)
  const two = setCondition(one, ready('False', 'b', 2), 2000)
  assert.equal(two[0]?.lastTransitionTime, one[0]?.lastTransitionTime)
  assert.equal(two[0]?.observedGeneration, 2)
  const three = setCondition(two, ready('True', 'b', 2), 3000)
  assert.equal(three[0]?.lastTransitionTime, '1970-01-01T00:00:03Z')
  assert.equal(setCondition(three, ready('True', 'b', 2), 4000), three, 'nothing changed: the same array')
})
