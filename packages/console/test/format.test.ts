import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bits, milliseconds, percent, rate } from '../src/format/figures.ts'
import { shortHost } from '../src/format/host.ts'
import { commandOf } from '../src/format/shell.ts'
import { age } from '../src/format/time.ts'
import { shortUser } from '../src/format/user.ts'

test('a figure has its unit, and what is not nothing never reads as nothing', () => {
  assert.equal(rate(0), '0 req/s')
  assert.equal(rate(0.004), '<0.01 req/s')
  assert.equal(rate(12.345), '12.3 req/s')
  assert.equal(rate(12_345), '12.3K req/s')
  assert.equal(percent(0), '0%')
  assert.equal(percent(0.04), '<0.1%')
  assert.equal(percent(99.97), '>99.9%')
  assert.equal(percent(100), '100%')
  assert.equal(percent(33.333), '33.3%')
  assert.equal(bits(999), '999 bit/s')
  assert.equal(bits(100_000_000), '100 Mbit/s')
  assert.equal(milliseconds(4.21), '4.21 ms')
  assert.equal(milliseconds(1240), '1.24 s')
})

test('ages are in their largest unit and never negative', () => {
  assert.equal(age(-5000), '0 s')
  assert.equal(age(59_400), '59 s')
  assert.equal(age(61_000), '1 min')
  assert.equal(age(47 * 3600_000), '47 h')
  assert.equal(age(49 * 3600_000), '2 d')
})

test('a host of the cluster is short, another stays whole', () => {
  assert.equal(shortHost('reviews.default.svc.cluster.local'), 'reviews.default')
  assert.equal(shortHost('api.example.com'), 'api.example.com')
})

test('a command survives the shell, whatever the names in it', () => {
  assert.equal(commandOf('isthmus', 'region', undefined, 'cn-shanghai=10'), 'isthmus region cn-shanghai=10')
  assert.equal(commandOf('echo', `it's $(x)`), `echo 'it'\\''s $(x)'`)
})

test('a service account goes by namespace and name, anybody else by their own', () => {
  assert.equal(shortUser('system:serviceaccount:istio-system:isthmus-admin'), 'istio-system/isthmus-admin')
  assert.equal(shortUser('chen@example.com'), 'chen@example.com')
  assert.equal(shortUser('system:admin'), 'system:admin')
})
