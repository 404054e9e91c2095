import assert from 'node:assert/strict'
import { test } from 'node:test'
import { create, type DescMessage, equals, fromBinary, toBinary } from '@bufbuild/protobuf'
import { StructSchema, TypeSchema, ValueSchema } from '@bufbuild/protobuf/wkt'
import { encode } from '@isthmus/envoy-api/encode'
import { ClusterSchema } from '@isthmus/envoy-api/envoy/config/cluster/v3/cluster'
import { ClusterLoadAssignmentSchema } from '@isthmus/envoy-api/envoy/config/endpoint/v3/endpoint'
import { ListenerSchema } from '@isthmus/envoy-api/envoy/config/listener/v3/listener'
import { RouteConfigurationSchema } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import { HttpConnectionManagerSchema } from '@isthmus/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager'
import { UpstreamTlsContextSchema } from '@isthmus/envoy-api/envoy/extensions/transport_sockets/tls/v3/tls'
import { FieldRulesSchema } from '@isthmus/envoy-api/validate/validate'
import fc from 'fast-check'
import { anyInit } from './any-init.ts'

const schemas: readonly DescMessage[] = [
  ClusterSchema,
  ClusterLoadAssignmentSchema,
  ListenerSchema,
  RouteConfigurationSchema,
  HttpConnectionManagerSchema,
  UpstreamTlsContextSchema,
  StructSchema,
  ValueSchema,
  TypeSchema,
  // proto2: fields with presence, and every kind of scalar.
  FieldRulesSchema,
]

test('what is written is what protobuf-es writes and reads, from a message and from what it is created from', () => {
  for (const schema of schemas) {
    fc.assert(
      fc.property(anyInit(schema), init => {
        const message = create(schema, init as never)
        const bytes = encode(schema, init as never)
        const read = fromBinary(schema, bytes)
        assert.ok(equals(schema, read, message), `${schema.typeName} is read as another`)
        // Maps that were read are in the order of the bytes.
        assert.deepEqual(Buffer.from(bytes), Buffer.from(toBinary(schema, read)))
        assert.deepEqual(Buffer.from(encode(schema, message)), Buffer.from(bytes))
      }),
      { numRuns: 150 },
    )
  }
})

test('a value that does not fit is an error with the field, and the next message is whole', () => {
  for (const [init, field] of [
    [{ name: 7 }, 'name'],
    [{ outlierDetection: { maxEjectionPercent: -1 } }, 'value'],
    [{ lbPolicy: 1.5 }, 'lb_policy'],
    [{ respectDnsTtl: 'yes' }, 'respect_dns_ttl'],
    [{ connectTimeout: { seconds: 1.5 } }, 'seconds'],
    [{ connectTimeout: { seconds: 1n << 64n } }, 'seconds'],
    [{ metadata: { filterMetadata: { istio: { host: () => 1 } } } }, 'Value'],
  ] as const) {
    assert.throws(() => encode(ClusterSchema, init as never), new RegExp(field))
  }
  assert.equal(fromBinary(ClusterSchema, encode(ClusterSchema, { name: 'x'.repeat(300_000) })).name.length, 300_000)
  assert.deepEqual(encode(ClusterSchema, {}), new Uint8Array())
})
