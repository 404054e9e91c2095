import assert from 'node:assert/strict'
import { test } from 'node:test'
import { create, fromBinary, getOption, hasOption, toBinary } from '@bufbuild/protobuf'
import { ClusterSchema } from '@isthmus/envoy-api/envoy/config/cluster/v3/cluster'
import { RouteConfigurationSchema } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import { CredentialInjectorSchema } from '@isthmus/envoy-api/envoy/extensions/filters/http/credential_injector/v3/credential_injector'
import { HttpConnectionManagerSchema } from '@isthmus/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager'
import { DeltaDiscoveryRequestSchema } from '@isthmus/envoy-api/envoy/service/discovery/v3/discovery'
import { rules } from '@isthmus/envoy-api/validate/validate'

test("Envoy's messages are there, typed, and survive the wire", () => {
  const cluster = create(ClusterSchema, { name: 'outbound|9080||reviews', connectTimeout: { seconds: 10n } })
  const back = fromBinary(ClusterSchema, toBinary(ClusterSchema, cluster))
  assert.equal(back.name, 'outbound|9080||reviews')
  assert.equal(back.connectTimeout?.seconds, 10n)
  for (const schema of [
    RouteConfigurationSchema,
    CredentialInjectorSchema,
    HttpConnectionManagerSchema,
    DeltaDiscoveryRequestSchema,
  ]) {
    assert.ok(schema.fields.length > 0, schema.typeName)
  }
})

test("the descriptors keep Envoy's field rules", () => {
  const name = ClusterSchema.field.name
  assert.ok(hasOption(name, rules))
  const rule = getOption(name, rules).type
  assert.equal(rule.case, 'string')
  assert.equal(rule.case === 'string' && rule.value.minLen, 1n)
})
