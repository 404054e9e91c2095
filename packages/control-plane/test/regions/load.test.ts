import assert from 'node:assert/strict'
import { test } from 'node:test'
import { priorityLoads } from '@isthmus/control-plane/regions/index.ts'

/* The tables of Envoy's documentation: "Priority levels" and "Panic threshold". */

const percent = (...healthy: number[]) => healthy.map(h => ({ hosts: 100, healthy: h }))

test('two priorities, as in "Priority levels"', () => {
  for (const [p0, load] of [
    [100, [100, 0]],
    [72, [100, 0]],
    [71, [99, 1]],
    [50, [70, 30]],
    [25, [35, 65]],
    [0, [0, 100]],
  ] as const)
    assert.deepEqual(priorityLoads(percent(p0, 100), 140, 50).loads, load, `P0 ${p0}%`)
})

test('both priorities at a quarter: scaled up to the whole, both in panic', () => {
  const { loads, panic } = priorityLoads(percent(25, 25), 140, 50)
  assert.deepEqual(loads, [50, 50])
  assert.deepEqual(panic, [true, true])
})

test('three priorities', () => {
  assert.deepEqual(priorityLoads(percent(100, 100, 100), 140, 50).loads, [100, 0, 0])
  assert.deepEqual(priorityLoads(percent(72, 72, 100), 140, 50).loads, [100, 0, 0])
  assert.deepEqual(priorityLoads(percent(50, 72, 100), 140, 50).loads, [70, 30, 0])
  assert.deepEqual(priorityLoads(percent(25, 25, 100), 140, 50).loads, [35, 35, 30])
  assert.deepEqual(priorityLoads(percent(20, 20, 10), 140, 0).loads, [40, 40, 20])
  assert.deepEqual(priorityLoads(percent(15, 15, 15), 140, 0).loads, [34, 33, 33], 'the rounding goes to the first')
})

test('panic is not looked at while the whole reaches 100', () => {
  assert.deepEqual(priorityLoads(percent(0, 100), 140, 50).panic, [false, false])
  assert.deepEqual(priorityLoads(percent(5, 65), 140, 50).panic, [true, false])
})

test('nothing healthy: at 1 requests go to all hosts by their number, at 0 nowhere', () => {
  const none = [
    { hosts: 2, healthy: 0 },
    { hosts: 1, healthy: 0 },
  ]
  assert.deepEqual(priorityLoads(none, 140, 1), { loads: [67, 33], panic: [true, true] })
  assert.deepEqual(priorityLoads(none, 140, 0).loads, [0, 0])
  assert.deepEqual(priorityLoads([], 140, 1).loads, [])
})

test('one healthy host anywhere takes all: the last resort is not taken before', () => {
  const { loads } = priorityLoads(
    [
      { hosts: 2, healthy: 0 },
      { hosts: 3, healthy: 1 },
    ],
    140,
    1,
  )
  assert.deepEqual(loads, [0, 100])
})
