import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trafficBetween } from '../../src/network/link-meter.ts'

test('what went over a connection is the difference of two readings, in bits a second, each way', () => {
  const before = { sent: 1_000, received: 500, at: 10_000 }
  const traffic = trafficBetween(before, { sent: 1_001_000, received: 250_500, at: 14_000 })
  assert.deepEqual(traffic, { sentBitsPerSecond: 2_000_000, receivedBitsPerSecond: 500_000, measuredAt: 14_000 })
})

test('there is no figure without an earlier reading, nor after the device was made anew', () => {
  const now = { sent: 10, received: 10, at: 20_000 }
  assert.equal(trafficBetween(undefined, now), undefined)
  assert.equal(trafficBetween({ sent: 5_000, received: 0, at: 15_000 }, now), undefined)
})
