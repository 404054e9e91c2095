import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
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

const root = new URL('../../../', import.meta.url).pathname
const sources = (pattern: string) =>
  globSync(pattern, { cwd: root }).map(file => ({ file, text: readFileSync(`${root}${file}`, 'utf8') }))

test('a code stands in one place of the table: no area takes it from another', () => {
  const codes = sources('packages/errors/src/*.{ts,json}').flatMap(({ text }) =>
    [...text.matchAll(/^ *"?(ISM\d{4})"?: \{/gm)].map(([, code]) => code),
  )
  assert.deepEqual(codes.sort(), Object.keys(errors).sort())
})

test('every code is used, and none that the table does not have', () => {
  const used = sources('{packages/*/src,packages/*/*.mjs,scripts,bin}/**/*.{ts,tsx,mjs}')
    .filter(({ file }) => !file.startsWith('packages/errors/src'))
    .flatMap(({ text }) => text.match(/ISM\d{4}/g) ?? [])
  assert.deepEqual([...new Set(used)].sort(), Object.keys(errors).sort())
})
