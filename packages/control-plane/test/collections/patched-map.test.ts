import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { patched } from '../../src/collections/index.ts'

test('whatever is changed, in whatever steps, a patched map is what a map would be, and older ones stay as they were', () => {
  const change = fc.tuple(fc.integer({ min: 0, max: 40 }).map(String), fc.option(fc.integer(), { nil: undefined }))
  const steps = fc.array(fc.array(change, { maxLength: 8 }), { maxLength: 30 })
  fc.assert(
    fc.property(fc.array(change), steps, (first, rest) => {
      const plain = new Map<string, number>()
      for (const [k, v] of first) if (v !== undefined) plain.set(k, v)
      let map: ReadonlyMap<string, number> = new Map(plain)
      const seen: [ReadonlyMap<string, number>, ReadonlyMap<string, number>][] = []
      for (const changes of rest) {
        map = patched(map, changes)
        for (const [k, v] of changes) v === undefined ? plain.delete(k) : plain.set(k, v)
        seen.push([map, new Map(plain)])
      }
      for (const [got, wanted] of seen) {
        assert.equal(got.size, wanted.size)
        assert.deepEqual([...got].sort(), [...wanted].sort())
        assert.deepEqual([...got.keys()].sort(), [...wanted.keys()].sort())
        assert.deepEqual([...got.values()].sort(), [...wanted.values()].sort())
        for (const key of [...wanted.keys(), 'none']) {
          assert.equal(got.get(key), wanted.get(key))
          assert.equal(got.has(key), wanted.has(key))
        }
      }
    }),
  )
})
