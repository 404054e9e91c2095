import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { patched } from '../../src/collections/index.ts'
import { changedNames, type ResourceMap, rememberChange } from '../../src/snapshot/diff.ts'
import type { Resource } from '../../src/snapshot/index.ts'

const versions = ['1', '2', '3'].map(
  (version): Resource => ({ typeUrl: 'T', name: '', version, bytes: new Uint8Array(), origins: [] }),
)

test('what is different between any two maps, however many steps lie between them', () => {
  const change = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom(...versions, undefined))
  const step = fc.record({ changes: fc.array(change, { maxLength: 3 }), told: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), steps => {
      const maps: ResourceMap[] = [new Map([['a', versions[0]!]])]
      for (const { changes, told } of steps) {
        const before = maps.at(-1)!
        const after = patched(before, changes)
        const names = [...new Set(changes.map(([name]) => name))].filter(name => before.get(name) !== after.get(name))
        // Not every map is made from the one before it in a way that somebody remembers.
        if (told) rememberChange(before, after, names)
        maps.push(after)
      }
      for (const from of maps)
        for (const to of maps) {
          const different = ['a', 'b', 'c', 'd', 'e'].filter(name => from.get(name) !== to.get(name))
          assert.deepEqual([...changedNames(from, to)].sort(), different)
        }
    }),
    { numRuns: 200 },
  )
})
