import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../src/index.ts'

test('every code says what it means and what mends it, with a reason fit for a condition', () => {
  for (const [code, entry] of Object.entries(errors)) {
    assert.match(code, /^ISM\d{4}$/, code)
    assert.match(entry.reason, /^[A-Z][A-Za-z0-9]*$/, `${code}: a condition's reason is CamelCase`)
    assert.ok(entry.meaning.length > 10, code)
    assert.ok(entry.mend.length > 10, code)
  }
})

test('no two codes share a reason, so that a condition leads to one row of the table', () => {
  const reasons = Object.values(errors).map(entry => entry.reason)
  assert.deepEqual(
    reasons.filter((reason, i) => reasons.indexOf(reason) !== i),
    [],
  )
})
