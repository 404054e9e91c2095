import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Endpoint } from '@isthmus/control-plane/model/index.ts'
import { parseLocality } from '@isthmus/control-plane/model/index.ts'
import {
  arrange,
  byRegion,
  type Decision,
  decide,
  destinations,
  explain,
  type Ordering,
  priorityLoads,
} from '@isthmus/control-plane/regions/index.ts'
import fc from 'fast-check'
import { endpoint, policy, reviews } from './builders.ts'

const regions = ['r1', 'r2', 'r3']
const region = fc.constantFrom(...regions)
const place = fc
  .tuple(fc.constantFrom('', ...regions), fc.constantFrom('', 'a', 'b'), fc.constantFrom('', '1', '2'))
  .map(([r, z, s]) => (r === '' ? { region: '', zone: '', subzone: '' } : { region: r, zone: z, subzone: s }))

const endpointsOf: fc.Arbitrary<Endpoint[]> = fc
  .uniqueArray(fc.integer({ min: 1, max: 250 }), { maxLength: 14 })
  .chain(ids =>
    fc.tuple(
      ...ids.map(id =>
        fc.record({ locality: place, health: fc.constantFrom('healthy', 'healthy', 'unhealthy', 'draining') }).map(
          ({ locality, health }): Endpoint => ({
            address: `10.0.0.${id}`,
            port: 80,
            portName: 'http',
            locality,
            labels: {},
            health: health as Endpoint['health'],
            weight: 1,
            cluster: '',
            network: '',
            namespace: 'default',
            workload: '',
            pod: `p${id}`,
            serviceAccount: '',
            stale: false,
          }),
        ),
      ),
    ),
  ) as fc.Arbitrary<Endpoint[]>

const shares = fc
  .tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }))
  .map(([a, b]) => ({ r2: Math.min(a, b), r3: Math.max(a, b) - Math.min(a, b) }))

const policyOf = fc
  .record({
    failover: fc.boolean(),
    only: fc.boolean(),
    to: fc.uniqueArray(region, { maxLength: 3 }),
    threshold: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
    distribution: fc.boolean(),
    at: fc.constantFrom('entry' as const, 'everyHop' as const),
    to2: shares,
  })
  .map(p =>
    policy({
      failover: {
        enabled: p.failover,
        rules: [{ from: 'r1', to: p.to, only: p.only, thresholdPercent: p.threshold }],
      },
      distribution: { enabled: p.distribution, at: p.at, rules: [{ from: 'r1', to: p.to2 }] },
    }),
  )

const decisionOf: fc.Arbitrary<Decision> = fc
  .record({ policy: policyOf, source: place, role: fc.constantFrom('sidecar' as const, 'gateway' as const) })
  .map(({ policy: p, source, role }) =>
    decide({ service: reviews, source, sourceLabels: {}, role, policies: [p], knownRegions: regions }),
  )

const istioOrdering: fc.Arbitrary<Ordering> = fc.oneof(
  fc.record({
    kind: fc.constant('istioFailover' as const),
    rules: fc.array(fc.record({ from: region, to: region }), { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('distribute' as const),
    to: fc.dictionary(fc.constantFrom('r1/*', 'r2/*', 'r1/a/*', '*'), fc.integer({ min: 0, max: 100 })),
  }),
  fc.record({
    kind: fc.constant('failoverPriority' as const),
    keys: fc.constant(['topology.kubernetes.io/region', 'topology.kubernetes.io/zone']),
    labels: fc.constant({ 'topology.kubernetes.io/region': 'r1', 'topology.kubernetes.io/zone': 'a' }),
  }),
)

const anyDecision = fc.oneof(
  decisionOf,
  fc.record({ ordering: istioOrdering, source: place, base: decisionOf }).map(
    ({ ordering, source, base }): Decision => ({
      ...base,
      ordering,
      source,
      localityWeighted: ordering.kind === 'distribute',
    }),
  ),
)

const strict = (o: Ordering) => o.kind === 'distribute' || ('rest' in o && !o.rest)

test('each endpoint stands in exactly one group of its own locality; none is lost where none may be', () => {
  fc.assert(
    fc.property(anyDecision, endpointsOf, (decision, list) => {
      const { priorities } = arrange(decision, list)
      const placed = priorities.flat().flatMap(g => g.endpoints)
      assert.equal(new Set(placed).size, placed.length)
      const staying = list.filter(e => e.health !== 'draining')
      if (!strict(decision.ordering)) assert.equal(placed.length, staying.length || list.length)
      for (const g of priorities.flat()) {
        assert.ok(g.endpoints.length > 0)
        for (const e of g.endpoints) assert.deepEqual(e.locality, g.locality)
      }
    }),
  )
})

test('priorities have no gaps, no locality comes twice in one, and a weighted one has a weight everywhere', () => {
  fc.assert(
    fc.property(anyDecision, endpointsOf, (decision, list) => {
      for (const groups of arrange(decision, list).priorities) {
        assert.ok(groups.length > 0)
        assert.equal(new Set(groups.map(g => JSON.stringify(g.locality))).size, groups.length)
        for (const g of groups)
          if (decision.localityWeighted) assert.ok(Number.isInteger(g.weight) && g.weight! >= 1, `${g.weight}`)
          else assert.equal(g.weight, undefined)
      }
    }),
  )
})

test('a service that has endpoints is never emptied, unless the policy says `only` and all are elsewhere', () => {
  fc.assert(
    fc.property(anyDecision, endpointsOf, (decision, list) => {
      const o = decision.ordering
      const onlyAllows = (e: Endpoint) =>
        !('rest' in o) ||
        o.rest ||
        e.locality.region === '' ||
        o.order.includes(e.locality.region) ||
        e.locality.region in ('shares' in o ? o.shares : {})
      fc.pre(list.some(onlyAllows))
      assert.ok(arrange(decision, list).priorities.length > 0)
    }),
    { numRuns: 1000 },
  )
})

test('where the policy allows one region only, its draining endpoints serve until there are others', () => {
  const ordering: Ordering = { kind: 'regions', order: ['east'], zones: false, rest: false }
  const decision = { ordering, source: parseLocality('east') }
  const draining = endpoint('east', { health: 'draining' })
  const elsewhere = endpoint('west')
  const { priorities } = arrange(decision, [draining, elsewhere])
  assert.deepEqual(
    priorities.map(groups => groups.flatMap(group => group.endpoints)),
    [[draining]],
  )
})

test('the order in which endpoints come does not matter', () => {
  const shuffled = endpointsOf.chain(list =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  )
  fc.assert(
    fc.property(anyDecision, shuffled, (decision, [list, other]) => {
      assert.deepEqual(arrange(decision, other), arrange(decision, list))
    }),
  )
})

test('local first: while the own region is healthy, failover sends nothing elsewhere', () => {
  fc.assert(
    fc.property(decisionOf, endpointsOf, (decision, list) => {
      fc.pre(decision.ordering.kind === 'regions')
      const healthy = list.map(e =>
        e.locality.region === decision.source.region ? { ...e, health: 'healthy' as const } : e,
      )
      fc.pre(healthy.some(e => e.locality.region === decision.source.region))
      const there = byRegion(destinations(decision, arrange(decision, healthy)))
      assert.equal(Math.round(there.get(decision.source.region)! * 1e6), 100e6)
    }),
  )
})

test('shares are exact where every region is there and healthy', () => {
  fc.assert(
    fc.property(decisionOf, endpointsOf, (decision, list) => {
      const { ordering } = decision
      fc.pre(ordering.kind === 'shares')
      if (ordering.kind !== 'shares') return
      const healthy = list.map(e => ({ ...e, health: 'healthy' as const }))
      fc.pre(Object.keys(ordering.shares).every(r => healthy.some(e => e.locality.region === r)))
      const [first] = arrange(decision, healthy).priorities
      const sum = first!.reduce((s, g) => s + BigInt(g.weight!), 0n)
      for (const [r, share] of Object.entries(ordering.shares)) {
        const own = first!.filter(g => g.locality.region === r).reduce((s, g) => s + BigInt(g.weight!), 0n)
        assert.equal(own * 100n, BigInt(share) * sum, `${r} ${share}%`)
      }
    }),
  )
})

test('what is explained adds up to 100 wherever a request can be served', () => {
  fc.assert(
    fc.property(anyDecision, endpointsOf, (decision, list) => {
      const e = explain({ service: 'x', role: 'sidecar', decision, endpoints: list })
      const sum = e.regions.reduce((s, r) => s + r.percent, 0)
      const placed = arrange(decision, list).priorities.flat().length > 0
      assert.equal(Math.round(sum * 1e6), placed ? 100e6 : 0)
    }),
  )
})

const priorities = fc.array(
  fc
    .integer({ min: 0, max: 30 })
    .chain(hosts => fc.integer({ min: 0, max: hosts }).map(healthy => ({ hosts, healthy }))),
  { minLength: 1, maxLength: 4 },
)
const factor = fc.integer({ min: 100, max: 1000 })

test("Envoy's loads are whole percents that add up to 100 wherever there is a host", () => {
  fc.assert(
    fc.property(priorities, factor, (list, f) => {
      const { loads } = priorityLoads(list, f, 1)
      const sum = loads.reduce((a, b) => a + b, 0)
      assert.equal(sum, list.some(p => p.hosts > 0) ? 100 : 0)
      for (const load of loads) assert.ok(Number.isInteger(load) && load >= 0)
    }),
  )
})

test('less health in the first priority never brings it more, while the next is whole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), factor, (hosts, others, f) => {
      let last = 101
      for (let healthy = hosts; healthy >= 0; healthy--) {
        const [load] = priorityLoads(
          [
            { hosts, healthy },
            { hosts: others, healthy: others },
          ],
          f,
          1,
        ).loads
        assert.ok(load! <= last)
        last = load!
      }
      assert.equal(last, 0)
    }),
  )
})

test('a threshold means what it says: at it all stays, below it traffic leaves', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 200 }), (threshold, hosts) => {
      const rules = [{ from: 'r1', to: ['r2'], only: false, thresholdPercent: threshold }]
      const d = decide({
        service: reviews,
        source: parseLocality('r1'),
        sourceLabels: {},
        role: 'sidecar',
        policies: [policy({ failover: { enabled: true, rules } })],
        knownRegions: [],
      })
      for (let healthy = 0; healthy <= hosts; healthy++) {
        const [load] = priorityLoads(
          [
            { hosts, healthy },
            { hosts: 1, healthy: 1 },
          ],
          d.overprovisioningFactor,
          1,
        ).loads
        const percent = (100 * healthy) / hosts
        if (percent >= threshold) assert.equal(load, 100)
        // Envoy counts in whole percents: within one below the threshold all may still stay.
        else if (percent < threshold - 1) assert.ok(load! < 100, `${percent}% of ${threshold}%`)
      }
    }),
  )
})
