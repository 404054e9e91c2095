import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resource } from '@isthmus/control-plane/snapshot/resource.ts'
import { Names } from '@isthmus/control-plane/xds/names.ts'
import fc from 'fast-check'

const all = Array.from({ length: 100 }, (_, i) => `name-${i}`)
const some = fc.oneof(
  fc.constant(all),
  fc.subarray(all),
  fc.constantFrom(0, 1, 2).map(n => all.slice(n, 100 - 10 * n)),
  fc.subarray(all, { maxLength: 3 }),
)
const mapOf = (names: readonly string[]) => new Map(names.map(name => [name, { name } as Resource]))
const step = fc.record({ kind: fc.constantFrom('addAll', 'add', 'delete', 'follow', 'clone', 'clear'), names: some })

test('names are a set, whatever map they are told by', () => {
  fc.assert(
    fc.property(some, fc.array(step, { maxLength: 20 }), (first, steps) => {
      let [names, set, map] = [new Names(), new Set<string>(), mapOf(first)]
      for (const { kind, names: list } of steps) {
        if (kind === 'addAll') names.addAll(list, map)
        if (kind === 'add') for (const name of list) names.add(name)
        if (kind === 'addAll' || kind === 'add') for (const name of list) set.add(name)
        if (kind === 'delete') for (const name of list) assert.equal(names.delete(name), set.delete(name))
        if (kind === 'clone') names = names.clone()
        if (kind === 'clear') {
          names.clear()
          set = new Set()
        }
        if (kind === 'follow') {
          map = mapOf(list)
          names.follow(map)
        }
        assert.equal(names.size, set.size)
        assert.deepEqual([...names].sort(), [...set].sort())
        for (const name of all) assert.equal(names.has(name), set.has(name))
        assert.ok(names.equals([...set, ...set]))
        for (const list of [first, all, [...set].slice(1)]) {
          assert.equal(names.equals(list), new Set(list).size === set.size && list.every(name => set.has(name)))
        }
        if (names.coversAll(map)) assert.ok([...map.keys()].every(name => set.has(name)))
        assert.ok([...names.unmapped].every(name => set.has(name)))
      }
    }),
    { numRuns: 500 },
  )
})

test('a client that names all there is costs no name of its own', () => {
  const names = new Names()
  const map = mapOf(all)
  names.addAll(all.toReversed(), map)
  assert.ok(names.coversAll(map))
  assert.equal(names.unmapped.size, 0)
  const next = mapOf([...all, 'new'])
  names.follow(next)
  assert.equal(names.has('new'), false)
  assert.equal(names.coversAll(next), false)
  names.addAll(['new'], next)
  assert.ok(names.coversAll(next))
})
