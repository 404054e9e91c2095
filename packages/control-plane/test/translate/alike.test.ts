import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { alike } from '../../src/translate/alike.ts'

const leaf = fc.constantFrom<unknown>('a', 'b', '', 0, 1, true, false, null, undefined)
const { value } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('value'), { noNullPrototype: true }),
  ),
}))

test('two values are alike where all their parts are', () => {
  fc.assert(
    fc.property(value, value, (a, b) => alike(a, b) === isDeepStrictEqual(a, b)),
    { numRuns: 1_000 },
  )
  fc.assert(fc.property(value, a => alike(a, structuredClone(a))))
})
