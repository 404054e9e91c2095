import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Steps } from '@isthmus/control-plane/members/steps.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

/** Steps that end when told, and then give this pause. */
function world(pause: number | undefined) {
  const clock = new SimulatedClock()
  const ends: (() => void)[] = []
  let began = 0
  const steps = new Steps(clock, () => {
    began++
    return new Promise(resolve => ends.push(() => resolve(pause)))
  })
  const end = async () => {
    ends.shift()?.()
    await new Promise(setImmediate)
  }
  return { clock, steps, began: () => began, end }
}

test('a step follows the one before after the pause it gave', async () => {
  const { clock, steps, began, end } = world(5_000)
  steps.wake()
  assert.equal(began(), 1)
  await end()
  clock.pass(4_999)
  assert.equal(began(), 1)
  clock.pass(1)
  assert.equal(began(), 2)
})

test('woken while one is under way, the next follows at once, and only one does', async () => {
  const { steps, began, end } = world(5_000)
  for (let i = 0; i < 3; i++) steps.wake()
  assert.equal(began(), 1)
  await end()
  assert.equal(began(), 2)
  await end()
  assert.equal(began(), 2)
})

test('woken in a pause, the pause is over, and what was to come after it does not come too', async () => {
  const { clock, steps, began, end } = world(5_000)
  steps.wake()
  await end()
  steps.wake()
  assert.equal(began(), 2)
  clock.pass(60_000)
  assert.equal(began(), 2)
})

test('a step that gives no pause is the last until it is woken', async () => {
  const { clock, steps, began, end } = world(undefined)
  steps.wake()
  await end()
  clock.pass(60_000)
  assert.equal(began(), 1)
  steps.wake()
  assert.equal(began(), 2)
})

test('stopped, nothing begins any more', async () => {
  const { clock, steps, began, end } = world(5_000)
  steps.wake()
  steps.stop()
  await end()
  steps.wake()
  clock.pass(60_000)
  assert.equal(began(), 1)
})
