import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Relief } from '../../src/wiring/relief.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

function story({ takesMs = 0 } = {}) {
  const clock = new SimulatedClock()
  const state = { connected: false, collected: 0, all: 0, heapBytes: 64 << 20 }
  const collect = (all: boolean) => {
    state.collected++
    if (all) state.all++
    clock.pass(takesMs)
  }
  const relief = new Relief({ clock, busy: () => state.connected, collect, heapBytes: () => state.heapBytes })
  return { clock, state, relief }
}

test('memory is given back once, when it has been quiet for a second', () => {
  const { clock, state, relief } = story()
  for (let i = 0; i < 5; i++) {
    relief.soon()
    clock.pass(900)
  }
  assert.equal(state.collected, 0)
  clock.pass(100)
  assert.equal(state.collected, 1)
  clock.pass(60_000)
  assert.equal(state.collected, 1)
})

test('nobody who is connected waits for it; it is made up for when the last one has gone', () => {
  const { clock, state, relief } = story()
  state.connected = true
  relief.soon()
  clock.pass(60_000)
  assert.equal(state.collected, 0)
  state.connected = false
  relief.soon()
  clock.pass(1_000)
  assert.equal(state.collected, 1)
})

test('what connecting left is collected in the first quiet second, before a change has to wait for it', () => {
  const { clock, state, relief } = story()
  state.connected = true
  for (let i = 0; i < 300; i++) {
    relief.came()
    clock.pass(5)
  }
  assert.equal(state.collected, 0)
  clock.pass(1_000)
  assert.deepEqual([state.collected, state.all], [1, 0])
  // Changes by themselves are no reason.
  relief.soon()
  clock.pass(60_000)
  assert.equal(state.collected, 1)
})

test('a heap that would stop everything for long is left to V8, piece by piece, while somebody is connected', () => {
  const { clock, state, relief } = story()
  Object.assign(state, { connected: true, heapBytes: 500 << 20 })
  relief.came()
  clock.pass(60_000)
  assert.equal(state.collected, 0)
})

test('what takes long is done more rarely', () => {
  const { clock, state, relief } = story({ takesMs: 200 })
  relief.soon()
  clock.pass(1_000)
  assert.equal(state.collected, 1)
  relief.soon()
  clock.pass(3_999)
  assert.equal(state.collected, 1)
  clock.pass(1)
  assert.equal(state.collected, 2)
})
