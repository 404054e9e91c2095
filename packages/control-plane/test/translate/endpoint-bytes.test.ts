import assert from 'node:assert/strict'
import { test } from 'node:test'
import { create, fromBinary } from '@bufbuild/protobuf'
import { encode } from '@isthmus/envoy-api/encode'
import { ClusterLoadAssignmentSchema } from '@isthmus/envoy-api/envoy/config/endpoint/v3/endpoint'
import { validate } from '@isthmus/envoy-api/validation'
import fc from 'fast-check'
import type { Endpoint, Locality } from '../../src/model/index.ts'
import { initOf } from '../../src/translate/endpoint.ts'
import { type EndpointSet, endpointBytes } from '../../src/translate/endpoint-bytes.ts'
import { endpoint } from './world.ts'

const text = fc.oneof(
  fc.constant(''),
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 100, maxLength: 300 }),
)
const count = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.constantFrom(0, 127, 128, 16_383, 16_384, 0x7fffffff, 0x80000000, 0xffffffff),
)
const locality: fc.Arbitrary<Locality> = fc.record({ region: text, zone: text, subzone: text })
const labels = fc.oneof(fc.constant({}), fc.record({ app: text }), fc.record({ app: text, version: text }))
const anyEndpoint: fc.Arbitrary<Endpoint> = fc
  .record({
    address: fc.oneof(fc.ipV4(), fc.ipV6(), text),
    port: fc.oneof(fc.integer({ min: 0, max: 65535 }), fc.constantFrom(65536, -1)),
    health: fc.constantFrom('healthy' as const, 'unhealthy' as const, 'draining' as const),
    weight: fc.oneof(count, fc.constantFrom(0, 1.5)),
    ...{ namespace: text, workload: text, cluster: text, labels },
  })
  .map(more => endpoint(more.address, more.port, more))
const group = fc.record(
  { locality, weight: count, endpoints: fc.array(anyEndpoint, { maxLength: 5 }) },
  { requiredKeys: ['locality', 'endpoints'] },
)
const anySet: fc.Arbitrary<EndpointSet> = fc.record({
  clusterName: text,
  priorities: fc.array(fc.array(group, { maxLength: 3 }), { maxLength: 4 }),
  overprovisioningFactor: count,
  localityWeighted: fc.boolean(),
  named: fc.boolean(),
})

test('endpoints written straight from the model are the bytes that their message gives', () => {
  let written = 0
  fc.assert(
    fc.property(anySet, set => {
      const got = endpointBytes(set)
      if (!got) return
      written++
      const message = create(ClusterLoadAssignmentSchema, initOf(set))
      assert.deepEqual(validate(ClusterLoadAssignmentSchema, message), [])
      assert.deepEqual(Buffer.from(got.bytes), Buffer.from(encode(ClusterLoadAssignmentSchema, message)))
      assert.deepEqual(fromBinary(ClusterLoadAssignmentSchema, got.bytes), message)
      assert.equal(
        got.hasEndpoints,
        message.endpoints.some(e => e.lbEndpoints.length > 0),
      )
    }),
    { numRuns: 2_000 },
  )
  assert.ok(written > 200, `${written} sets were good`)
})

test('what Envoy would refuse is left to the message and its checks', () => {
  const set = (e: Endpoint, more: Partial<EndpointSet> = {}): EndpointSet => ({
    clusterName: 'outbound|80||a',
    priorities: [[{ locality: e.locality, endpoints: [e], weight: 1 }]],
    ...{ overprovisioningFactor: 140, localityWeighted: true, named: true, ...more },
  })
  assert.ok(endpointBytes(set(endpoint('10.0.0.1', 80))))
  for (const wrong of [
    set(endpoint('', 80)),
    set(endpoint('10.0.0.1', 65_536)),
    set(endpoint('10.0.0.1', 80, { weight: 0x100000000 })),
    set(endpoint('10.0.0.1', 80), { clusterName: '' }),
    set(endpoint('10.0.0.1', 80), { overprovisioningFactor: 0 }),
  ])
    assert.equal(endpointBytes(wrong), undefined)
})

test('a set larger than what the writer began with', () => {
  const endpoints = Array.from({ length: 5_000 }, (_, i) => endpoint(`10.0.${i >> 8}.${i & 255}`, 8080))
  const { locality } = endpoints[0]!
  const set = {
    clusterName: 'c',
    priorities: [[{ locality, endpoints }]],
    overprovisioningFactor: 140,
    localityWeighted: false,
    named: true,
  }
  const message = create(ClusterLoadAssignmentSchema, initOf(set))
  assert.deepEqual(Buffer.from(endpointBytes(set)!.bytes), Buffer.from(encode(ClusterLoadAssignmentSchema, message)))
})
