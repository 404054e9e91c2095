import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gatewayOf, nextAddress, parseBlock } from '@isthmus/lab/cri/addresses.ts'
import fc from 'fast-check'

const block = parseBlock('10.0.1.0/24')

test('the first address is the node’s own, the next are the pods’', () => {
  assert.equal(gatewayOf(block), '10.0.1.1')
  assert.equal(nextAddress(block, new Set(), undefined), '10.0.1.2')
})

test('an address that was given back is not given again at once', () => {
  const first = nextAddress(block, new Set(), undefined)
  assert.equal(nextAddress(block, new Set(), first), '10.0.1.3')
})

test('after the last comes the first that is free', () => {
  assert.equal(nextAddress(block, new Set(['10.0.1.2']), '10.0.1.254'), '10.0.1.3')
})

test('a block inside a vSwitch works like any other', () => {
  const inside = parseBlock('20.0.4.64/26')
  assert.equal(gatewayOf(inside), '20.0.4.65')
  assert.equal(nextAddress(inside, new Set(), '20.0.4.126'), '20.0.4.66')
})

test('when all are used it says so', () => {
  const small = parseBlock('10.9.0.0/29')
  const used = new Set(['10.9.0.2', '10.9.0.3', '10.9.0.4', '10.9.0.5', '10.9.0.6'])
  assert.throws(() => nextAddress(small, used, undefined), { code: 'ISM1306' })
})

test('never a used address, never one outside the pods’ part', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 2, max: 250 })), fc.integer({ min: 2, max: 254 }), (taken, last) => {
      const used = new Set(taken.map(n => `10.0.1.${n}`))
      const address = nextAddress(block, used, `10.0.1.${last}`)
      const n = Number(address.split('.')[3])
      assert.ok(!used.has(address) && n >= 2 && n <= 254)
    }),
  )
})
