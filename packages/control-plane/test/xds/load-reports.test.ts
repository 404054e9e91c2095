import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { create, toBinary } from '@bufbuild/protobuf'
import { loadInterval } from '@isthmus/control-plane/xds/load-interval.ts'
import { readClusterLoads, readLoadNode } from '@isthmus/control-plane/xds/load-wire.ts'
import { LoadStatsRequestSchema } from '@isthmus/envoy-api/envoy/service/load_stats/v3/lrs'
import { IsthmusError } from '@isthmus/errors'
import fc from 'fast-check'

const count = fc.nat(1_000_000)
const locality = fc.record({
  region: fc.constantFrom('', 'cn-hangzhou', 'cn-shanghai'),
  priority: fc.nat(5),
  success: count,
  error: count,
  issued: count,
  inProgress: count,
})
const clusters = fc.array(
  fc.record({
    name: fc.string({ minLength: 1 }),
    ms: fc.nat(100_000),
    localities: fc.array(locality, { maxLength: 4 }),
  }),
  { maxLength: 10 },
)

type Clusters = typeof clusters extends fc.Arbitrary<infer T> ? T : never

/** As Envoy writes it: the whole node, idle clusters by name, extensions of the message that are not read here. */
function report(list: Clusters): Uint8Array {
  return toBinary(
    LoadStatsRequestSchema,
    create(LoadStatsRequestSchema, {
      node: { id: 'sidecar~1~a.b~c', extensions: [{ name: 'envoy.filters.http.router' }] },
      clusterStats: list.map(c => ({
        clusterName: c.name,
        clusterServiceName: c.name,
        totalDroppedRequests: 7n,
        loadReportInterval: { seconds: BigInt(Math.floor(c.ms / 1_000)), nanos: (c.ms % 1_000) * 1e6 },
        upstreamLocalityStats: c.localities.map(l => ({
          locality: { region: l.region, zone: 'z', subZone: '' },
          priority: l.priority,
          totalSuccessfulRequests: BigInt(l.success),
          totalErrorRequests: BigInt(l.error),
          totalIssuedRequests: BigInt(l.issued),
          totalRequestsInProgress: BigInt(l.inProgress),
          loadMetricStats: [{ metricName: 'x', numRequestsFinishedWithMetric: 1n, totalMetricValue: 0.5 }],
        })),
      })),
    }),
  )
}

describe('load reports', () => {
  test('are read as they were written, without the idle clusters', () => {
    fc.assert(
      fc.property(clusters, list => {
        const bytes = report(list)
        assert.equal(readLoadNode(bytes)?.id, 'sidecar~1~a.b~c')
        const expected = list
          .filter(c => c.localities.length > 0)
          .map(c => ({
            cluster: c.name,
            durationMs: c.ms,
            localities: c.localities.map(({ region, ...rest }) => ({
              locality: { region, zone: 'z', subzone: '' },
              ...rest,
            })),
          }))
        assert.deepEqual(readClusterLoads(bytes), expected)
      }),
    )
  })

  test('nonsense ends the stream with a code, never otherwise', () => {
    const broken = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(clusters, fc.nat(), fc.nat(255)).map(([list, at, byte]) => {
        const bytes = report(list)
        bytes[at % bytes.length] = byte
        return bytes.subarray(0, bytes.length - (at % 3))
      }),
    )
    fc.assert(
      fc.property(broken, bytes => {
        for (const read of [readLoadNode, readClusterLoads])
          try {
            read(bytes)
          } catch (error) {
            assert.ok(error instanceof IsthmusError && error.code === 'ISM3010', String(error))
          }
      }),
      { numRuns: 500 },
    )
  })

  test('proxies report as often as is wanted; together not more than 200 times and 1 MB a second, up to once a minute', () => {
    const present = fc.constantFrom(1_000, 2_000, 10_000, 60_000)
    fc.assert(
      fc.property(
        fc.nat(12_000),
        fc.nat(300_000),
        fc.constantFrom(1_000, 2_000, 5_000),
        present,
        (n, bytes, wanted, now) => {
          const interval = loadInterval(wanted, n, bytes, now)
          assert.ok(interval >= wanted)
          if (interval < 60_000) assert.ok((1_000 * n) / interval <= 200 && (1_000 * n * bytes) / interval <= 1e6)
          assert.equal(loadInterval(wanted, n, bytes, interval), interval, 'it stays')
        },
      ),
    )
    assert.equal(loadInterval(2_000, 100, 50_000, 2_000), 5_000)
    assert.equal(loadInterval(2_000, 100, 220_000, 2_000), 30_000)
    assert.equal(loadInterval(2_000, 1_000, 10_000, 2_000), 10_000)
    assert.equal(loadInterval(2_000, 399, 0, 5_000), 5_000, 'one proxy less changes nothing')
    assert.equal(loadInterval(2_000, 300, 0, 5_000), 2_000)
  })
})
