import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDocument, stringify } from 'yaml'
import { parsePlainYaml } from '../../src/sources/plain-yaml.ts'
import { seedRouting } from '../istio/seed.ts'

/** Where the fast reader gives a value, the full parser must give the same and find nothing wrong. */
function agrees(text: string): boolean {
  const fast = parsePlainYaml(text)
  if (!fast) return false
  const full = parseDocument(text)
  assert.deepEqual(full.errors, [], text)
  assert.deepEqual(fast.value, full.toJS(), text)
  return true
}

const samples = [
  ...seedRouting.split(/^---$/m),
  'a: {b: 1, c: [x, "y z", 10.0.0.1], d: {}}\ne:\n- f: 1\n  g:\n    h: true\n- i\n-   j: 2\n    k: 3\nl:\n  - []\n  - null\nm:\nn: 1h\n',
  'spec:\n  hosts: [reviews.default.svc.cluster.local]\n  http:\n  - match:\n    - uri: {exact: /a}\n    route:\n    - destination: {host: reviews, subset: v1}\n      weight: 90\n',
]

test('manifests as people write them are read by the fast reader', () => {
  const read = samples.filter(agrees).length
  // The tutorial's Gateway has a comment after a value, which is left to the full parser.
  assert.equal(read, samples.length - 1)
})

test('whatever the fast reader takes, it reads as the full parser does', () => {
  const scalar = fc.oneof(
    fc.constantFrom(
      'a',
      '',
      'x y',
      'true',
      'null',
      '1',
      '-1',
      '01',
      '1.5',
      '1e3',
      '0x1f',
      '1_000',
      '~',
      '- a',
      'a: b',
      'a #b',
      '10.0.0.1',
      '2s',
      '*.io',
      '/x',
      "it's",
      '"q"',
      '.5',
      '+1',
      'NaN',
      '.inf',
      '2026-01-01',
      'y',
      'é',
    ),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  )
  const { value } = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b-c', 'd.e/f', 'g', 'true', '1', 'x y'), tie('value'), { maxKeys: 4 }),
    ),
  }))
  const options = fc.record({
    indent: fc.constantFrom(2, 4),
    indentSeq: fc.boolean(),
    collectionStyle: fc.constantFrom('any', 'flow', 'block'),
  })
  fc.assert(
    fc.property(value, options, (v, o) => {
      agrees(stringify(v, o as object))
    }),
    { numRuns: 500 },
  )
})

test('also where the text was damaged', () => {
  const pieces = [
    '\n',
    ' ',
    '  ',
    ':',
    ': ',
    '- ',
    '-',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    '#',
    ' #',
    '&a ',
    '*a',
    '!t ',
    '|',
    '>',
    '\t',
    'a',
    '1',
    '0',
    '---\n',
    '...',
    '? ',
    '~',
    '%',
    '@',
    '\\',
  ]
  let read = 0
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.array(
        fc.record({
          at: fc.double({ min: 0, max: 0.999, noNaN: true }),
          cut: fc.nat(6),
          put: fc.constantFrom('', ...pieces),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      (sample, edits) => {
        let text = sample
        for (const { at, cut, put } of edits) {
          const i = Math.floor(at * text.length)
          text = text.slice(0, i) + put + text.slice(i + cut)
        }
        // What a document may hold is decided before: there is one only.
        if (/^(---|\.\.\.)/m.test(text)) return
        if (agrees(text)) read++
      },
    ),
    { numRuns: 1500 },
  )
  assert.ok(read > 30, `only ${read} damaged texts were still read`)
})
