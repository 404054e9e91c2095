import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pathAbove } from '../src/yaml/completion.ts'
import { problemsOf } from '../src/yaml/lint.ts'
import { schemaAt } from '../src/yaml/schema.ts'

const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        host: { type: 'string' },
        port: { 'x-kubernetes-int-or-string': true },
        subsets: {
          type: 'array',
          items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
        },
      },
    },
  },
}

test('what the schema does not take is marked where it stands', () => {
  const text = 'kind: X\nmetadata: {name: a}\nspec:\n  host: reviews\n  hots: typo\n  port: 80\n'
  const [problem, ...others] = problemsOf(text, schema)
  assert.deepEqual(others, [])
  assert.equal(problem?.message, 'spec.hots: there is no such field')
  assert.equal(text.slice(problem?.from, problem?.to), 'hots')
  assert.deepEqual(problemsOf(text.replace('  hots: typo\n', ''), schema), [])
})

test('text that is no YAML is said to be none, with or without a schema', () => {
  for (const broken of ['a: [', 'a: 1\n a: 2', '{'])
    assert.ok(problemsOf(broken).length > 0 && problemsOf(broken, schema).length > 0, broken)
})

test('looking for problems never throws, whatever is typed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), text => void problemsOf(text, schema)),
    { numRuns: 400 },
  )
})

test('completion knows where it is', () => {
  const before = 'kind: X\nspec:\n  host: a\n  subsets:\n'
  assert.deepEqual(pathAbove(before, 2), ['spec'])
  assert.deepEqual(pathAbove(before, 6, '    - '), ['spec', 'subsets', 0])
  assert.deepEqual(Object.keys(schemaAt(schema, ['spec', 'subsets', 0])?.properties ?? {}), ['name'])
})
