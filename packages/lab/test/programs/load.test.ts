import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { json, startService } from '../../../../samples/bookinfo/src/common/service.ts'
import { parseArguments } from '../../src/programs/load/arguments.ts'
import { Histogram } from '../../src/programs/load/histogram.ts'
import { startLoad } from '../../src/programs/load/load.ts'
import { Tally } from '../../src/programs/load/summary.ts'

const who = { service: 'echo', version: 'v1', pod: 'echo-1', region: 'cn-hangzhou' }

test('an open loop sends what is due and says who answered', async () => {
  const service = await startService({ who, handler: () => json(200, {}), port: 0, host: '127.0.0.1' })
  const summary = await startLoad({ url: `http://127.0.0.1:${service.port}/`, rate: 50, durationMs: 600 }).done
  assert.equal(summary.sent, 30)
  assert.equal(summary.ok, 30)
  assert.deepEqual(summary.servedBy, { 'echo-1': 30 })
  assert.deepEqual(summary.regions, { 'cn-hangzhou': 30 })
  assert.equal(summary.firstElsewhereMs, undefined)
  await service.stop()
})

test('each kind of failure is told apart, and when it was', async () => {
  const service = await startService({ who, handler: () => json(200, {}), port: 0, host: '127.0.0.1' })
  const run = (extra: object = {}) =>
    startLoad({ url: `http://127.0.0.1:${service.port}/`, rate: 40, durationMs: 100, timeoutMs: 150, ...extra }).done
  service.faults.current = { mode: 'status', status: 503 }
  const broken = await run()
  assert.deepEqual(broken.failures, { 503: 4 })
  assert.ok(broken.firstFailureMs !== undefined && broken.lastFailureMs! >= broken.firstFailureMs)
  service.faults.current = { mode: 'hang' }
  assert.deepEqual((await run()).failures, { timeout: 4 })
  service.faults.current = { mode: 'reset' }
  assert.deepEqual((await run()).failures, { reset: 4 })
  service.faults.current = { mode: 'none' }
  assert.deepEqual((await run({ accept: (body: string) => body.includes('stars') })).failures, { content: 4 })
  await service.stop()
  assert.deepEqual((await run()).failures, { refused: 4 })
})

test('answers from another region are counted from the first on', () => {
  const tally = new Tally('cn-hangzhou')
  const answer = (servedBy: string, atMs: number) => {
    tally.sent()
    tally.ended({ kind: 'answer', status: 200, servedBy }, 1, atMs)
  }
  answer('page; region=cn-hangzhou, reviews; region=cn-hangzhou', 10)
  answer('page; region=cn-hangzhou, reviews-s; region=cn-shanghai', 20)
  answer('page; region=cn-hangzhou, reviews-s; region=cn-shanghai', 30)
  const summary = tally.summary(40)
  assert.deepEqual(summary.regions, { 'cn-hangzhou': 3, 'cn-shanghai': 2 })
  assert.deepEqual(summary.servedBy, { page: 3, reviews: 1, 'reviews-s': 2 })
  assert.equal(summary.firstElsewhereMs, 20)
  assert.equal(summary.lastElsewhereMs, 30)
})

test('percentiles are within two percent', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.1, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 1, max: 100 }),
      (values, percent) => {
        const histogram = new Histogram()
        for (const value of values) histogram.record(value)
        const exact = values.toSorted((a, b) => a - b)[Math.ceil((values.length * percent) / 100) - 1]!
        const given = histogram.percentile(percent)
        assert.ok(given >= exact - 0.051 && given <= exact * 1.021 + 0.051, `${given} for ${exact}`)
      },
    ),
  )
})

test('the command line is read, and wrong ones are refused with a reason', () => {
  const { load } = parseArguments([
    '--rate',
    '20',
    '--duration',
    '5',
    '-H',
    'End-User: jason',
    'http://reviews:9080/reviews/0',
  ])
  assert.equal(load.rate, 20)
  assert.equal(load.durationMs, 5000)
  assert.deepEqual(load.headers, { 'end-user': 'jason' })
  assert.throws(() => parseArguments(['--rate', '0', 'http://a']), /--rate is a number above 0/)
  assert.throws(() => parseArguments([]), /a URL/)
  assert.throws(() => parseArguments(['-H', 'nonsense', 'http://a']), /a header is/)
})
