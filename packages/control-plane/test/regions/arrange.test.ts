import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { localityText, parseLocality } from '@isthmus/control-plane/model/index.ts'
import { type Arrangement, arrange, type Ordering } from '@isthmus/control-plane/regions/index.ts'
import { beijing, both, bothWays, decideFor, endpoint, endpoints, hangzhou, policy, shanghai } from './builders.ts'

/** `cn-hangzhou/a:2*9 cn-shanghai:1*1` for each priority: locality, endpoints, weight. */
function text(a: Arrangement): string[] {
  return a.priorities.map(groups =>
    groups
      .map(
        g => `${localityText(g.locality) || '?'}:${g.endpoints.length}${g.weight === undefined ? '' : `*${g.weight}`}`,
      )
      .join(' '),
  )
}

const from = (source: string, ordering: Ordering) => ({ source: parseLocality(source), ordering })
const gateway = (source = hangzhou, policies = [both]) => decideFor(source, policies, { role: 'gateway' })

describe('failover', () => {
  test('own region first, then the other; without own endpoints the other alone, without gaps', () => {
    const d = decideFor(hangzhou, [bothWays])
    const there = endpoints(shanghai, 1)
    assert.deepEqual(text(arrange(d, [...there, ...endpoints(hangzhou, 2)])), ['cn-hangzhou:2', 'cn-shanghai:1'])
    assert.deepEqual(text(arrange(d, there)), ['cn-shanghai:1'])
    assert.deepEqual(text(arrange(d, [])), [])
  })

  test('a rolling update is no loss: pods that drain do not count, unless nothing else is left', () => {
    const d = decideFor(hangzhou, [bothWays])
    const [stays, goes] = endpoints(hangzhou, 2)
    const draining = { ...goes!, health: 'draining' as const }
    const there = endpoints(shanghai, 1)
    assert.deepEqual(text(arrange(d, [stays!, draining, ...there])), ['cn-hangzhou:1', 'cn-shanghai:1'])
    assert.deepEqual(text(arrange(d, [draining, ...there])), ['cn-shanghai:1'])
    assert.deepEqual(text(arrange(d, [draining])), ['cn-hangzhou:1'])
  })

  test('weights of which Envoy could not make the sum are less, in the same ratio', () => {
    const [a, b, c] = endpoints(hangzhou, 3)
    const most = 0xffffffff
    const weights = (...given: number[]) =>
      arrange(
        decideFor(hangzhou, [bothWays]),
        [a!, b!, c!].map((e, i) => ({ ...e, weight: given[i]! })),
      ).priorities.flatMap(groups => groups.flatMap(g => g.endpoints.map(e => e.weight)))
    assert.deepEqual(weights(3, 2, 1), [3, 2, 1])
    const [first, second, third] = weights(most, most / 3, 1) as [number, number, number]
    assert.ok(first + second + third <= most)
    assert.ok(Math.abs(first / second - 3) < 1e-6)
    assert.equal(third, 1)
  })

  test('own subzone, own zone, own region, the list, the rest alike, the unknown last', () => {
    const rules = [{ from: hangzhou, to: [beijing], only: false }]
    const d = decideFor('cn-hangzhou/a/1', [policy({ failover: { enabled: true, rules } })])
    const all = ['', shanghai, 'us-west', beijing, 'cn-hangzhou/b', 'cn-hangzhou/a/2', 'cn-hangzhou/a/1'].map(l =>
      endpoint(l),
    )
    assert.deepEqual(text(arrange(d, all)), [
      'cn-hangzhou/a/1:1',
      'cn-hangzhou/a/2:1',
      'cn-hangzhou/b:1',
      'cn-beijing:1',
      'cn-shanghai:1 us-west:1',
      '?:1',
    ])
  })

  test('with a threshold the region is one priority', () => {
    const rules = [{ from: hangzhou, to: [shanghai], only: false, thresholdPercent: 50 }]
    const d = decideFor('cn-hangzhou/a', [policy({ failover: { enabled: true, rules } })])
    const all = ['cn-hangzhou/a', 'cn-hangzhou/b', shanghai].map(l => endpoint(l))
    assert.deepEqual(text(arrange(d, all)), ['cn-hangzhou/a:1 cn-hangzhou/b:1', 'cn-shanghai:1'])
  })

  test('only leaves other regions out, but not endpoints whose region is unknown', () => {
    const rules = [{ from: hangzhou, to: [shanghai], only: true }]
    const d = decideFor(hangzhou, [policy({ failover: { enabled: true, rules } })])
    assert.deepEqual(text(arrange(d, [endpoint(beijing), endpoint(''), endpoint(shanghai)])), ['cn-shanghai:1', '?:1'])
    assert.deepEqual(text(arrange(d, [endpoint(beijing)])), [])
  })

  test('unhealthy endpoints keep their place', () => {
    const d = decideFor(hangzhou, [bothWays])
    const all = [...endpoints(hangzhou, 2, { health: 'unhealthy' }), ...endpoints(shanghai, 1)]
    assert.deepEqual(text(arrange(d, all)), ['cn-hangzhou:2', 'cn-shanghai:1'])
  })
})

describe('shares', () => {
  test('90 and 10 are 9 and 1: exactly one of ten', () => {
    assert.deepEqual(text(arrange(gateway(), [...endpoints(hangzhou, 2), ...endpoints(shanghai, 1)])), [
      'cn-hangzhou:2*9 cn-shanghai:1*1',
    ])
  })

  test("a region's share is split over its zones by their endpoints, exactly", () => {
    const all = [...endpoints('cn-hangzhou/a', 2), ...endpoints('cn-hangzhou/b', 1), ...endpoints('cn-shanghai/x', 3)]
    assert.deepEqual(text(arrange(gateway(), all)), ['cn-hangzhou/a:2*6 cn-hangzhou/b:1*3 cn-shanghai/x:3*1'])
  })

  test('a region with a share and no endpoint gives it to the others', () => {
    assert.deepEqual(text(arrange(gateway(), endpoints(hangzhou, 2))), ['cn-hangzhou:2*1'])
    const lost = arrange(gateway(), endpoints(shanghai, 1))
    assert.deepEqual(text(lost), ['cn-shanghai:1*1'])
    assert.match(lost.notes?.[0] ?? '', /its 90% go to cn-shanghai/)
  })

  test('the share of a lost own region goes to the first of the failover order that has healthy endpoints', () => {
    const three = policy({
      failover: { enabled: true, rules: [{ from: hangzhou, to: [beijing, shanghai], only: false }] },
      distribution: {
        enabled: true,
        at: 'entry',
        rules: [{ from: hangzhou, to: { [shanghai]: 10, [beijing]: 10 } }],
      },
    })
    const d = gateway(hangzhou, [three])
    const others = [...endpoints(shanghai, 1), ...endpoints(beijing, 1)]
    assert.deepEqual(text(arrange(d, [...endpoints(hangzhou, 1), ...others])), [
      'cn-beijing:1*1 cn-hangzhou:1*8 cn-shanghai:1*1',
    ])
    assert.deepEqual(text(arrange(d, others)), ['cn-beijing:1*9 cn-shanghai:1*1'])
    // Unhealthy ones keep their place and weight, which Envoy counts as nothing until they are back.
    const sick = endpoints(hangzhou, 1, { health: 'unhealthy' })
    assert.deepEqual(text(arrange(d, [...sick, ...others])), ['cn-beijing:1*9 cn-hangzhou:1*8 cn-shanghai:1*1'])
    const beijingSick = [...endpoints(shanghai, 1), ...endpoints(beijing, 1, { health: 'unhealthy' })]
    assert.deepEqual(text(arrange(d, beijingSick)), ['cn-beijing:1*1 cn-shanghai:1*9'])
  })

  test('the heir of a lost region may have had no share of its own', () => {
    const d = gateway(hangzhou, [
      policy({
        failover: { enabled: true, rules: [{ from: hangzhou, to: [beijing], only: false }] },
        distribution: both.distribution,
      }),
    ])
    const others = [...endpoints(shanghai, 1), ...endpoints(beijing, 1)]
    assert.deepEqual(text(arrange(d, others)), ['cn-beijing:1*9 cn-shanghai:1*1'])
  })

  test('regions without a share stand behind, weighted so that Envoy uses them', () => {
    const all = [endpoint(hangzhou), endpoint(shanghai), ...endpoints(beijing, 2), endpoint('')]
    assert.deepEqual(text(arrange(gateway(), all)), ['cn-hangzhou:1*9 cn-shanghai:1*1', 'cn-beijing:2*2', '?:1*1'])
    assert.deepEqual(text(arrange(gateway(), endpoints(beijing, 2))), ['cn-beijing:2*2'])
  })

  test('all to another region: the own one stands behind it', () => {
    const all = policy({
      distribution: { enabled: true, at: 'entry', rules: [{ from: hangzhou, to: { [shanghai]: 100 } }] },
    })
    const there = [endpoint(hangzhou), endpoint(shanghai)]
    assert.deepEqual(text(arrange(gateway(hangzhou, [all]), there)), ['cn-shanghai:1*1', 'cn-hangzhou:1*1'])
  })

  test('many zones with awkward counts stay within what Envoy accepts', () => {
    const primes = [97, 89, 83, 79, 73]
    const all = primes.flatMap((n, i) => [
      ...endpoints(`cn-hangzhou/${i}`, n),
      ...endpoints(`cn-shanghai/${i}`, n + 12),
    ])
    const [first] = arrange(gateway(), all).priorities
    const sum = first!.reduce((s, g) => s + g.weight!, 0)
    assert.ok(sum > 0 && sum < 4_294_967_295)
    const there = first!.filter(g => g.locality.region === shanghai).reduce((s, g) => s + g.weight!, 0)
    assert.ok(Math.abs(there / sum - 0.1) < 0.0001)
  })
})

describe("Istio's ways", () => {
  const all = ['cn-hangzhou/a/1', 'cn-hangzhou/a/2', 'cn-hangzhou/b', shanghai, beijing].map(l => endpoint(l))

  test('failover with a rule: its region before the others', () => {
    const ordering: Ordering = { kind: 'istioFailover', rules: [{ from: hangzhou, to: shanghai }] }
    assert.deepEqual(text(arrange(from('cn-hangzhou/a/1', ordering), all)), [
      'cn-hangzhou/a/1:1',
      'cn-hangzhou/a/2:1',
      'cn-hangzhou/b:1',
      'cn-shanghai:1',
      'cn-beijing:1',
    ])
  })

  test('failover without a rule for the source: own, then all others alike', () => {
    const ordering: Ordering = { kind: 'istioFailover', rules: [{ from: shanghai, to: hangzhou }] }
    assert.deepEqual(text(arrange(from(beijing, ordering), all)), [
      'cn-beijing:1',
      'cn-hangzhou/a/1:1 cn-hangzhou/a/2:1 cn-hangzhou/b:1 cn-shanghai:1',
    ])
  })

  test('distribute: by pattern, the others get nothing', () => {
    const ordering: Ordering = { kind: 'distribute', to: { 'cn-hangzhou/*': 70, 'cn-shanghai/*': 30 } }
    const a = arrange(from(hangzhou, ordering), all)
    assert.deepEqual(text(a), ['cn-hangzhou/a/1:1*7 cn-hangzhou/a/2:1*7 cn-hangzhou/b:1*7 cn-shanghai:1*9'])
    assert.match(a.notes?.[0] ?? '', /nothing to 1 endpoints/)
  })

  test('distribute: the more specific pattern claims first', () => {
    const ordering: Ordering = { kind: 'distribute', to: { '*': 50, 'cn-hangzhou/a/*': 50 } }
    assert.deepEqual(text(arrange(from(hangzhou, ordering), all)), [
      'cn-beijing:1*2 cn-hangzhou/a/1:1*3 cn-hangzhou/a/2:1*3 cn-hangzhou/b:1*2 cn-shanghai:1*2',
    ])
  })

  test('distribute to localities without endpoints never empties the service', () => {
    const ordering: Ordering = { kind: 'distribute', to: { 'us-west/*': 100 } }
    const a = arrange(from(hangzhou, ordering), all)
    assert.equal(a.priorities[0]?.length, 5)
    assert.match(a.notes?.[0] ?? '', /all are used alike/)
  })

  test('failoverPriority: by how many labels match, from the first', () => {
    const ordering: Ordering = {
      kind: 'failoverPriority',
      keys: ['topology.kubernetes.io/region', 'version=v2'],
      labels: { 'topology.kubernetes.io/region': hangzhou, version: 'v1' },
    }
    const v1 = { labels: { version: 'v1' } }
    const v2 = { labels: { version: 'v2' } }
    const list = [endpoint(hangzhou, v1), endpoint(hangzhou, v2), endpoint(shanghai, v2), endpoint(shanghai, v1)]
    const { priorities } = arrange(from(hangzhou, ordering), list)
    assert.deepEqual(
      priorities.map(groups => groups.flatMap(g => g.endpoints.map(e => `${e.locality.region} ${e.labels.version}`))),
      [['cn-hangzhou v2'], ['cn-hangzhou v1'], ['cn-shanghai v2', 'cn-shanghai v1']],
    )
  })
})
