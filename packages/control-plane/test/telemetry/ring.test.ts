import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Ring } from '@isthmus/control-plane/telemetry/ring.ts'
import fc from 'fast-check'

const start = 1_700_000_000_000

/** Reports as proxies make them: each covers the time up to itself, and they come in the order of time, give or take. */
const reports = fc
  .array(
    fc.record({
      pause: fc.nat(9_000),
      late: fc.nat(3_000),
      length: fc.nat(12_000),
      requests: fc.nat(1_000),
      failed: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 60 },
  )
  .map(list => {
    let time = start
    return list.map(({ pause, late, length, requests, failed }) => {
      time += pause
      const to = time - late
      return { from: to - length, to, requests, errors: Math.floor(requests * failed) }
    })
  })

describe('counts in a ring of buckets', () => {
  test('while the ring is long enough nothing is lost and nothing is made up', () => {
    fc.assert(
      fc.property(reports, all => {
        const ring = new Ring({ stepMs: 2_000, steps: 1_000 })
        for (const r of all) ring.add(r.from, r.to, r)
        const sum = ring.sum(0, Number.POSITIVE_INFINITY)
        assert.equal(
          sum.requests,
          all.reduce((n, r) => n + r.requests, 0),
        )
        assert.equal(
          sum.errors,
          all.reduce((n, r) => n + r.errors, 0),
        )
      }),
    )
  })

  test('a bucket counts what the reports that touch it could have had there, and no more', () => {
    fc.assert(
      fc.property(reports, fc.integer({ min: -20, max: 300 }), (all, offset) => {
        const ring = new Ring({ stepMs: 2_000, steps: 1_000 })
        for (const r of all) ring.add(r.from, r.to, r)
        const from = start + offset * 2_000
        const touching = all.filter(r => r.to > from - 1 && r.from < from + 2_000)
        const { requests, errors } = ring.sum(from, from + 2_000)
        assert.ok(requests <= touching.reduce((n, r) => n + r.requests, 0))
        assert.ok(errors <= requests + touching.length, `${errors} errors of ${requests} requests`)
      }),
    )
  })

  test('a short ring holds exactly what a long one has in its last buckets', () => {
    fc.assert(
      fc.property(reports, fc.integer({ min: 1, max: 20 }), (all, steps) => {
        const long = new Ring({ stepMs: 2_000, steps: 10_000 })
        const short = new Ring({ stepMs: 2_000, steps })
        for (const r of all) {
          long.add(r.from, r.to, r)
          short.add(r.from, r.to, r)
        }
        const newest = Math.max(...all.map(r => Math.floor(Math.max(r.to - 1, r.from) / 2_000)))
        const since = (newest - steps + 1) * 2_000
        if (all.length > 0)
          assert.deepEqual(
            short.sum(0, Number.POSITIVE_INFINITY),
            long.sum(since, Number.POSITIVE_INFINITY),
            `the last ${steps} buckets`,
          )
      }),
    )
  })

  test('a span is shared out over its buckets by time', () => {
    const ring = new Ring({ stepMs: 2_000, steps: 10 })
    ring.add(start + 1_000, start + 7_000, { requests: 60, errors: 6 })
    const into = { requests: [0, 0, 0, 0], errors: [0, 0, 0, 0] }
    ring.addTo(into, start, start + 8_000)
    assert.deepEqual(into, { requests: [10, 20, 20, 10], errors: [1, 2, 2, 1] })
  })

  test('what is older than the ring is gone, also after a long silence', () => {
    const ring = new Ring({ stepMs: 2_000, steps: 5 })
    ring.add(start, start + 2_000, { requests: 7, errors: 1 })
    ring.add(start + 1_000_000, start + 1_002_000, { requests: 3, errors: 0 })
    ring.add(start, start + 2_000, { requests: 9, errors: 9 })
    assert.deepEqual(ring.sum(0, Number.POSITIVE_INFINITY), { requests: 3, errors: 0 })
  })
})
