import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  contains,
  formatAddress,
  formatCidr,
  nthAddress,
  nthBlock,
  overlaps,
  parseAddress,
  parseCidr,
} from '@isthmus/lab/network/cidr.ts'
import fc from 'fast-check'

const address = fc.nat(0xffffffff)
const range = fc.tuple(address, fc.integer({ min: 1, max: 32 })).map(([a, prefix]) => {
  const size = 2 ** (32 - prefix)
  return { base: a - (a % size), prefix, size }
})

test('an address or range survives being written and read', () => {
  fc.assert(fc.property(address, a => assert.equal(parseAddress(formatAddress(a)), a)))
  fc.assert(fc.property(range, r => assert.deepEqual(parseCidr(formatCidr(r)), r)))
})

test('ranges are written by their first address', () => {
  assert.equal(parseCidr('20.0.0.1/8'), undefined)
  assert.equal(parseCidr('20.0.0.0/33'), undefined)
  assert.equal(parseCidr('256.0.0.0/8'), undefined)
  assert.equal(parseCidr('20.0.0.0'), undefined)
  assert.ok(parseCidr('20.0.0.0/8'))
})

test('two ranges overlap exactly when they share an address', () => {
  fc.assert(
    fc.property(range, range, (a, b) => {
      const shared = Math.max(a.base, b.base) < Math.min(a.base + a.size, b.base + b.size)
      assert.equal(overlaps(a, b), shared)
    }),
  )
})

test('parts of a range lie in it and apart from each other', () => {
  const pods = parseCidr('10.0.0.0/16')!
  const parts = Array.from({ length: 256 }, (_, i) => nthBlock(pods, 24, i)!)
  assert.ok(parts.every(part => contains(pods, part)))
  assert.equal(new Set(parts.map(formatCidr)).size, 256)
  assert.equal(nthBlock(pods, 24, 256), undefined)
  assert.equal(formatCidr(nthBlock(pods, 24, -1)!), '10.0.255.0/24')
})

test('the gateway is the first address and the last is nobody’s', () => {
  const vSwitch = parseCidr('192.168.0.0/30')!
  assert.equal(nthAddress(vSwitch, 1), '192.168.0.1')
  assert.equal(nthAddress(vSwitch, 2), '192.168.0.2')
  assert.equal(nthAddress(vSwitch, 3), undefined)
})
