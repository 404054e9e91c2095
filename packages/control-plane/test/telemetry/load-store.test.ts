import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LoadStore } from '@isthmus/control-plane/telemetry/load-store.ts'
import { matrix } from '@isthmus/control-plane/telemetry/matrix.ts'
import { senderRates, serviceRates } from '@isthmus/control-plane/telemetry/rates.ts'
import { series } from '@isthmus/control-plane/telemetry/series.ts'
import { reportOf } from './reports.ts'

const start = 1_700_000_000_000

class World {
  now = start
  readonly store: LoadStore
  constructor(flows?: number) {
    this.store = new LoadStore({ now: () => this.now, intervalMs: () => 2_000, flows })
  }
  readonly facts = () => ({ now: this.now, intervalMs: 2_000, regions: ['hz', 'sh'] })
  report(kind: 'gateway' | 'sidecar', source: string, to: Record<string, [number, number]>, service = 'reviews') {
    const cluster = `outbound|9080|v1|${service}.default.svc.cluster.local`
    this.store.add(reportOf(kind, this.now, cluster, to), source, 'istio-ingressgateway')
  }
}

describe('the load store', () => {
  test('rows by source and destination, with rates, shares and failures, of the last minute', () => {
    const w = new World()
    for (let i = 0; i < 60; i++) {
      w.now += 2_000
      w.report('gateway', 'hz', { hz: [18, 0], sh: [2, 1] })
    }
    const { flows, windowSeconds, reportSeconds, measuredAt } = matrix(w.store, {}, w.facts())
    assert.equal(measuredAt, w.now)
    assert.equal(reportSeconds, 2)
    assert.equal(windowSeconds, 60)
    assert.deepEqual(
      flows.map(f => [f.source, f.destination, f.requests, f.errors, f.measuredPercent]),
      [
        ['hz', 'hz', 540, 0, (100 * 18) / 21],
        ['hz', 'sh', 90, 30, (100 * 3) / 21],
      ],
    )
    assert.equal(flows[0]?.requestsPerSecond, 9)
    assert.equal(flows[1]?.errorsPerSecond, 0.5)
  })

  test('one service, one kind of proxy', () => {
    const w = new World()
    w.now += 2_000
    w.report('gateway', 'hz', { hz: [10, 0] }, 'productpage')
    w.report('sidecar', 'hz', { sh: [30, 0] }, 'reviews')
    const of = (query: Parameters<typeof matrix>[1]) => matrix(w.store, query, w.facts()).flows.map(f => f.requests)
    assert.deepEqual(of({}), [10, 30])
    assert.deepEqual(of({ service: 'reviews.default.svc.cluster.local' }), [30])
    assert.deepEqual(of({ role: 'gateway' }), [10])
    assert.deepEqual([...serviceRates(w.store, 60_000)].map(([name, r]) => [name, r.requests]).sort(), [
      ['productpage.default.svc.cluster.local', 10],
      ['reviews.default.svc.cluster.local', 30],
    ])
    assert.deepEqual(
      senderRates(w.store, 60_000).map(s => [s.gateway, s.region, s.requests]),
      [
        ['', 'hz', 30],
        ['istio-system/istio-ingressgateway', 'hz', 10],
      ],
    )
  })

  test("what is not another service's is not counted: inbound, passthrough, the control plane", () => {
    const w = new World()
    for (const cluster of ['inbound|9080||', 'PassthroughCluster', 'xds-grpc', 'outbound|9080|v1'])
      w.store.add(reportOf('sidecar', w.now, cluster, { hz: [5, 0] }), 'hz', '')
    assert.deepEqual(matrix(w.store, {}, w.facts()).flows, [])
    assert.equal(w.store.reports, 4)
  })

  test('once reports stop, the rate falls to nothing and the age grows', () => {
    const w = new World()
    for (let i = 0; i < 10; i++) {
      w.now += 2_000
      w.report('gateway', 'hz', { hz: [20, 0] })
    }
    assert.equal(matrix(w.store, { windowMs: 10_000 }, w.facts()).flows[0]?.requestsPerSecond, 10)
    const told = w.now
    w.now += 60_000
    const later = matrix(w.store, { windowMs: 10_000 }, w.facts())
    assert.deepEqual(later.flows, [])
    assert.equal(later.measuredAt, told)
  })

  test('a line tells traffic, silence, and that nobody reported, apart', () => {
    const w = new World()
    const step = (report: () => void) => {
      w.now += 2_000
      report()
    }
    for (let i = 0; i < 5; i++) step(() => w.report('gateway', 'hz', { hz: [4, 2] }))
    for (let i = 0; i < 5; i++) step(() => w.report('gateway', 'hz', {}))
    for (let i = 0; i < 5; i++) step(() => {})
    step(() => w.report('gateway', 'hz', { hz: [8, 0] }))
    step(() => w.report('gateway', 'hz', { hz: [8, 0] }))
    const s = series(w.store, { windowMs: 32_000 }, w.facts())
    assert.equal(s.stepSeconds, 2)
    assert.equal(s.lines.length, 1)
    assert.deepEqual(s.lines[0]?.requestsPerSecond, [3, 3, 3, 3, 3, 0, 0, 0, 0, 0, null, null, null, null, null, 4])
    assert.deepEqual(s.lines[0]?.errorsPerSecond.slice(0, 2), [1, 1])
    assert.equal(s.times.at(-1), w.now - 4_000)
  })

  test('flows beyond the limit drop those not seen for longest, and count them', () => {
    const w = new World(10)
    for (let i = 0; i < 25; i++) {
      w.now += 10
      w.report('sidecar', 'hz', { hz: [1, 0] }, `s${i}`)
      w.report('sidecar', 'hz', { hz: [1, 0] }, 's0')
    }
    const names = [...w.store.flows()].map(f => f.key.service.split('.')[0])
    assert.deepEqual(w.store.size, { flows: 10, dropped: 15 })
    assert.ok(names.includes('s0') && names.includes('s24') && !names.includes('s1'))
    const sum = [...w.store.totals()].reduce((n, t) => n + t.count.requests, 0)
    assert.equal(sum, 50)
  })
})
