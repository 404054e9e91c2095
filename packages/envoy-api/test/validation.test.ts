import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { create, createFileRegistry, type DescMessage, fromBinary, toBinary } from '@bufbuild/protobuf'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { pack } from '@isthmus/envoy-api/any'
import { Cluster_DiscoveryType, ClusterSchema } from '@isthmus/envoy-api/envoy/config/cluster/v3/cluster'
import { ClusterLoadAssignmentSchema } from '@isthmus/envoy-api/envoy/config/endpoint/v3/endpoint'
import { ListenerSchema } from '@isthmus/envoy-api/envoy/config/listener/v3/listener'
import { RouteConfigurationSchema } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import { HttpConnectionManagerSchema } from '@isthmus/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager'
import { validate } from '@isthmus/envoy-api/validation'
import fc from 'fast-check'
import { anyInit } from './any-init.ts'

const good = {
  name: 'a',
  connectTimeout: { seconds: 1n },
  clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.STATIC },
} as const

test('a plain cluster is fine', () => {
  assert.deepEqual(validate(ClusterSchema, create(ClusterSchema, good)), [])
})

test('what Envoy would refuse is said with the path of the field', () => {
  const cases: [string, ReturnType<typeof validate>][] = [
    ['name', validate(ClusterSchema, create(ClusterSchema, { ...good, name: '' }))],
    ['connect_timeout', validate(ClusterSchema, create(ClusterSchema, { ...good, connectTimeout: { seconds: 0n } }))],
    [
      'outlier_detection.max_ejection_percent',
      validate(ClusterSchema, create(ClusterSchema, { ...good, outlierDetection: { maxEjectionPercent: 101 } })),
    ],
    ['lb_policy', validate(ClusterSchema, create(ClusterSchema, { ...good, lbPolicy: 77 as never }))],
    ['dns_lookup_family', validate(ClusterSchema, create(ClusterSchema, { ...good, dnsLookupFamily: 99 as never }))],
    ['cluster_name', validate(ClusterLoadAssignmentSchema, create(ClusterLoadAssignmentSchema, {}))],
    [
      'endpoints[0].load_balancing_weight',
      validate(
        ClusterLoadAssignmentSchema,
        create(ClusterLoadAssignmentSchema, { clusterName: 'a', endpoints: [{ loadBalancingWeight: 0 }] }),
      ),
    ],
    [
      'endpoints[0].priority',
      validate(
        ClusterLoadAssignmentSchema,
        create(ClusterLoadAssignmentSchema, { clusterName: 'a', endpoints: [{ priority: 129 }] }),
      ),
    ],
    [
      'virtual_hosts[0].domains',
      validate(RouteConfigurationSchema, create(RouteConfigurationSchema, { virtualHosts: [{ name: 'v' }] })),
    ],
    [
      'virtual_hosts[0].routes[0].match',
      validate(
        RouteConfigurationSchema,
        create(RouteConfigurationSchema, {
          virtualHosts: [
            {
              name: 'v',
              domains: ['*'],
              routes: [{ action: { case: 'route', value: { clusterSpecifier: { case: 'cluster', value: 'c' } } } }],
            },
          ],
        }),
      ),
    ],
    [
      'virtual_hosts[0].routes[0].action',
      validate(
        RouteConfigurationSchema,
        create(RouteConfigurationSchema, {
          virtualHosts: [
            { name: 'v', domains: ['*'], routes: [{ match: { pathSpecifier: { case: 'prefix', value: '/' } } }] },
          ],
        }),
      ),
    ],
    [
      'request_headers_to_add[0].header.key',
      validate(
        RouteConfigurationSchema,
        create(RouteConfigurationSchema, { requestHeadersToAdd: [{ header: { key: 'a\nb', value: 'c' } }] }),
      ),
    ],
  ]
  for (const [path, violations] of cases) {
    assert.deepEqual(
      violations.map(v => v.path),
      [path],
    )
    assert.ok(violations[0]?.message)
  }
})

test('goes into the filters of a listener', () => {
  const manager = pack(HttpConnectionManagerSchema, create(HttpConnectionManagerSchema, { statPrefix: '' }))
  const listener = create(ListenerSchema, {
    name: 'l',
    filterChains: [{ filters: [{ name: 'hcm', configType: { case: 'typedConfig', value: manager } }] }],
  })
  assert.deepEqual(
    validate(ListenerSchema, listener).map(v => v.path),
    [
      'filter_chains[0].filters[0].typed_config.route_specifier',
      'filter_chains[0].filters[0].typed_config.stat_prefix',
    ],
  )
})

test("bytes that are no message of the Any's type are found", () => {
  const listener = create(ListenerSchema, {
    name: 'l',
    filterChains: [
      {
        filters: [
          {
            name: 'hcm',
            configType: {
              case: 'typedConfig',
              value: {
                typeUrl: `type.googleapis.com/${HttpConnectionManagerSchema.typeName}`,
                value: new Uint8Array([0x0f, 0x7f]),
              },
            },
          },
        ],
      },
    ],
  })
  assert.deepEqual(
    validate(ListenerSchema, listener).map(v => v.path),
    ['filter_chains[0].filters[0].typed_config'],
  )
})

test('every rule of the whole API can be compiled and run', () => {
  const set = fromBinary(FileDescriptorSetSchema, readFileSync(new URL('../gen/envoy.binpb', import.meta.url)))
  const registry = createFileRegistry(set)
  let messages = 0
  for (const type of registry) {
    if (type.kind !== 'message' || !type.typeName.startsWith('envoy.')) continue
    validate(type, create(type), registry)
    messages++
  }
  assert.ok(messages > 1_000)
})

test('equal messages have equal bytes, whatever order their maps were filled in', () => {
  const make = (metadata: object) => create(ClusterSchema, { ...good, metadata: { filterMetadata: metadata as never } })
  const one = make({
    istio: { services: [{ host: 'a', namespace: 'b' }] },
    b: { z: 1, y: { q: 1, p: [{ d: 1, c: 2 }] } },
  })
  const two = make({
    b: { y: { p: [{ c: 2, d: 1 }], q: 1 }, z: 1 },
    istio: { services: [{ namespace: 'b', host: 'a' }] },
  })
  assert.notDeepEqual(toBinary(ClusterSchema, one), toBinary(ClusterSchema, two))
  assert.deepEqual(pack(ClusterSchema, one).value, pack(ClusterSchema, two).value)
})

test('what a message is made from is judged as the message is', () => {
  for (const schema of [ClusterSchema, ClusterLoadAssignmentSchema, ListenerSchema, RouteConfigurationSchema]) {
    fc.assert(
      fc.property(anyInit(schema), init => {
        const message = create(schema as DescMessage, init)
        assert.deepEqual(validate(schema as DescMessage, init), validate(schema as DescMessage, message))
      }),
      { numRuns: 200 },
    )
  }
})
