import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatBandwidth, parseBandwidth, tokenBucket } from '@isthmus/lab/network/shaping.ts'

test('bandwidths are read in decimal units', () => {
  assert.equal(parseBandwidth('100Mbps'), 100e6)
  assert.equal(parseBandwidth('1Gbps'), 1e9)
  assert.equal(parseBandwidth('1Kbps'), 1000)
  assert.equal(parseBandwidth('2.5Gbps'), 2.5e9)
  for (const wrong of ['100', 'fast', '0Mbps', '900Gbps', '-1Mbps']) assert.equal(parseBandwidth(wrong), undefined)
  for (const text of ['100Mbps', '1Gbps', '1Kbps', '20Mbps']) assert.equal(formatBandwidth(parseBandwidth(text)!), text)
})

test('without a plan nothing as large as a TLS hello ever fits into the bucket', () => {
  assert.match(tokenBucket(1000), /burst 256 /)
})

test('with a plan a full segment always fits', () => {
  for (const rate of [64_000, 1e6, 100e6, 10e9]) {
    const burst = Number(/burst (\d+)/.exec(tokenBucket(rate))![1])
    assert.ok(burst >= 1514)
  }
})
