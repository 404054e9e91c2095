import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  inPieces,
  type ListStep,
  listStep,
  OrderedMap,
  patchedList,
  patchedPieces,
} from '../../src/collections/index.ts'

interface Item {
  readonly key: number
}

const byKey = (a: Item, b: Item) => a.key - b.key
const anyChange = fc.record({ item: fc.record({ key: fc.nat(400) }), gone: fc.boolean() })
const anySteps = fc.array(fc.array(anyChange, { maxLength: 60 }), { maxLength: 12 })
const anyList = fc.uniqueArray(fc.record({ key: fc.nat(400) }), { selector: i => i.key, maxLength: 300 })

function changed(items: readonly Item[], changes: readonly { item: Item; gone: boolean }[]): Item[] {
  const by = new Map(items.map(i => [i.key, i]))
  for (const { item, gone } of changes) gone ? by.delete(item.key) : by.set(item.key, item)
  return [...by.values()].sort(byKey)
}

test('a list in pieces that is patched is what a sorted list would be, and the one before stays as it was', () => {
  fc.assert(
    fc.property(anyList, anySteps, (first, steps) => {
      let plain = first.toSorted(byKey)
      let pieces = inPieces(plain)
      for (const changes of steps) {
        const [before, beforeText] = [pieces, JSON.stringify(pieces)]
        pieces = patchedPieces(pieces, changes, byKey)
        plain = changed(plain, changes)
        assert.deepEqual(pieces.flat(), plain)
        assert.equal(JSON.stringify(before), beforeText)
        assert.ok(pieces.every(piece => piece.length > 0 && piece.length < 128))
      }
    }),
  )
})

test('of ten thousand items in pieces, one change leaves all pieces but one', () => {
  const pieces = inPieces(Array.from({ length: 10_000 }, (_, key) => ({ key })))
  for (const change of [
    { item: { key: 5_000.5 }, gone: false },
    { item: { key: 77 }, gone: true },
  ]) {
    const after = patchedPieces(pieces, [change], byKey)
    assert.equal(after.filter(piece => !pieces.includes(piece)).length, 1)
  }
})

test('the way between two lists, however many patches lie between them, and where none do', () => {
  fc.assert(
    fc.property(anyList, fc.array(fc.array(anyChange, { maxLength: 5 }), { maxLength: 40 }), (first, steps) => {
      const lists: (readonly Item[])[] = [first.toSorted(byKey)]
      for (const changes of steps) lists.push(patchedList(lists.at(-1)!, changes, byKey))
      const last = lists.at(-1)!
      assert.deepEqual(last, changed(first, steps.flat()))
      for (const from of [...lists, [...lists[0]!]]) {
        const { gone, come }: ListStep<Item> = listStep(from, last)
        assert.deepEqual(new Set(gone), new Set(from).difference(new Set(last)))
        assert.deepEqual(new Set(come), new Set(last).difference(new Set(from)))
      }
    }),
  )
})

test('an ordered map has its entries in the order that is told, and none for keys without a value', () => {
  const map = new OrderedMap(
    [['c', 'x'], ['a']],
    new Map([
      ['a', 1],
      ['c', 3],
    ]),
  )
  assert.deepEqual(
    [...map],
    [
      ['c', 3],
      ['a', 1],
    ],
  )
  assert.deepEqual([[...map.keys()], [...map.values()], map.size], [['c', 'a'], [3, 1], 2])
  assert.deepEqual([map.get('a'), map.has('c'), map.has('x')], [1, true, false])
})
