import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { localPath } from '../src/app/localPath.ts'
import { regionColor } from '../src/app/regions.ts'
import { diagram, spreadApart } from '../src/pages/overview/layout.ts'

const box = { width: 900, height: 430 }
const margin = { x: 90, top: 52, bottom: 86 }

test('regions side by side on the map are drawn apart, inside the picture, the same each time', () => {
  const [a, b] = spreadApart(
    [
      { x: 450, y: 200 },
      { x: 452, y: 198 },
    ],
    box,
    { x: 260, y: 190 },
    margin,
  )
  assert.ok(a && b && Math.hypot((a.x - b.x) / 260, (a.y - b.y) / 190) > 0.99)
  const point = fc.record({
    x: fc.double({ min: -50, max: 950, noNaN: true }),
    y: fc.double({ min: -50, max: 480, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(point, { maxLength: 9 }), points => {
      const placed = spreadApart(points, box, { x: 260, y: 190 }, margin)
      assert.equal(placed.length, points.length)
      for (const p of placed) {
        assert.ok(p.x >= 90 && p.x <= 810 && p.y >= 52 && p.y <= 344)
      }
      assert.deepEqual(placed, spreadApart(points, box, { x: 260, y: 190 }, margin))
    }),
  )
})

test('regions that are on no map each have a place of their own', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 12 }),
      fc.integer({ min: 300, max: 1600 }),
      (names, width) => {
        const placed = diagram(names, { width, height: 430 })
        assert.equal(new Set(placed.map(p => `${Math.round(p.at.x)} ${Math.round(p.at.y)}`)).size, names.length)
      },
    ),
  )
})

test('a region keeps its colour whatever order regions come in', () => {
  assert.equal(regionColor('b', ['a', 'b', 'c']), regionColor('b', ['c', 'a', 'b', 'b']))
  assert.notEqual(regionColor('a', ['a', 'b']), regionColor('b', ['a', 'b']))
  assert.equal(regionColor('', ['a', '']), 'var(--i-region-7)')
})

test('after signing in one goes on only to a path of this site', () => {
  assert.equal(localPath('/services?search=x'), '/services?search=x')
  for (const elsewhere of [
    null,
    '',
    'https://example.com',
    '//example.com',
    '/\\example.com',
    'javascript:alert(1)',
    '/sign-in?to=/sign-in',
  ])
    assert.equal(localPath(elsewhere), '/')
})
