import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { Resource } from '@isthmus/control-plane/snapshot/resource.ts'
import { readRequest } from '@isthmus/control-plane/xds/read.ts'
import { responseFrame } from '@isthmus/control-plane/xds/wire.ts'
import {
  DeltaDiscoveryRequestSchema,
  DeltaDiscoveryResponseSchema,
  DiscoveryRequestSchema,
  DiscoveryResponseSchema,
} from '@isthmus/envoy-api/envoy/service/discovery/v3/discovery'
import fc from 'fast-check'

/** Read and written by hand: the same as protobuf says. */

const text = fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 300 }))
const texts = fc.array(text, { maxLength: 6 })
const status = fc.option(fc.record({ code: fc.integer({ min: 0, max: 16 }), message: text }), { nil: undefined })
const node = fc.option(fc.record({ id: text, metadata: fc.dictionary(text, text, { maxKeys: 3 }) }), { nil: undefined })

describe('requests', () => {
  test('delta', () => {
    const init = fc.record({
      node,
      typeUrl: text,
      resourceNamesSubscribe: texts,
      resourceNamesUnsubscribe: texts,
      initialResourceVersions: fc.dictionary(text, text, { maxKeys: 4 }),
      responseNonce: text,
      errorDetail: status,
    })
    fc.assert(
      fc.property(init, m => {
        const message = create(DeltaDiscoveryRequestSchema, m as object)
        const { request, node } = readRequest('delta', toBinary(DeltaDiscoveryRequestSchema, message))
        assert.deepEqual(
          [request.typeUrl, request.nonce, request.subscribe, request.unsubscribe],
          [m.typeUrl, m.responseNonce, m.resourceNamesSubscribe, m.resourceNamesUnsubscribe],
        )
        assert.deepEqual(
          Object.entries(request.initialVersions).sort(),
          Object.entries(m.initialResourceVersions).sort(),
        )
        assert.equal(request.error, m.errorDetail && (m.errorDetail.message || `code ${m.errorDetail.code}`))
        assert.equal(node?.id, m.node?.id)
        assert.deepEqual(Object.entries(node?.metadata ?? {}).sort(), Object.entries(m.node?.metadata ?? {}).sort())
      }),
      { numRuns: 500 },
    )
  })

  test('state of the world', () => {
    const init = fc.record({
      node,
      typeUrl: text,
      resourceNames: texts,
      versionInfo: text,
      responseNonce: text,
      errorDetail: status,
    })
    fc.assert(
      fc.property(init, m => {
        const message = create(DiscoveryRequestSchema, m as object)
        const { request, node } = readRequest('sotw', toBinary(DiscoveryRequestSchema, message))
        assert.deepEqual(
          [request.typeUrl, request.nonce, request.names, request.version, node?.id],
          [m.typeUrl, m.responseNonce, m.resourceNames, m.versionInfo, m.node?.id],
        )
        assert.equal(request.error, m.errorDetail && (m.errorDetail.message || `code ${m.errorDetail.code}`))
      }),
      { numRuns: 500 },
    )
  })

  test('what is unknown is passed over, whatever its wire type', () => {
    const unknown = Buffer.from([
      0xf8, 0x06, 0x96, 0x01, 0xf9, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0xfd, 0x06, 1, 2, 3, 4, 0xfa, 0x06, 1, 65,
    ])
    const known = toBinary(DeltaDiscoveryRequestSchema, create(DeltaDiscoveryRequestSchema, { typeUrl: 'x' }))
    assert.equal(readRequest('delta', Buffer.concat([unknown, known, unknown])).request.typeUrl, 'x')
  })
})

const resource = fc
  .record({ typeUrl: text, name: text, version: text, bytes: fc.uint8Array({ maxLength: 20_000 }) })
  .map((r): Resource => ({ ...r, origins: [] }))

for (const mode of ['delta', 'sotw'] as const) {
  test(`responses, ${mode}: the same list, the same shared bytes`, () => {
    fc.assert(
      fc.property(fc.array(resource, { maxLength: 5 }), texts, text, text, (resources, removed, typeUrl, nonce) => {
        const change = { typeUrl, resources, removed: mode === 'delta' ? removed : [], from: new Map(), complete: true }
        const frame = responseFrame(mode, change, nonce)
        const again = responseFrame(mode, { ...change, resources: [...resources] }, 'another')
        if (frame.buffers.length > 1) assert.equal(again.buffers[1], frame.buffers[1])
        const all = Buffer.concat(frame.buffers)
        assert.deepEqual([all.length, all[0], all.readUInt32BE(1)], [frame.size, 0, frame.size - 5])
        if (mode === 'delta') {
          const m = fromBinary(DeltaDiscoveryResponseSchema, all.subarray(5))
          assert.deepEqual([m.typeUrl, m.nonce, m.removedResources], [typeUrl, nonce, removed])
          assert.deepEqual(
            m.resources.map(r => [r.name, r.version, r.resource?.typeUrl, Buffer.from(r.resource?.value ?? [])]),
            resources.map(r => [r.name, r.version, r.typeUrl, Buffer.from(r.bytes)]),
          )
        } else {
          const m = fromBinary(DiscoveryResponseSchema, all.subarray(5))
          assert.deepEqual([m.typeUrl, m.nonce, m.versionInfo], [typeUrl, nonce, frame.version])
          assert.deepEqual(
            m.resources.map(r => [r.typeUrl, Buffer.from(r.value)]),
            resources.map(r => [r.typeUrl, Buffer.from(r.bytes)]),
          )
        }
      }),
      { numRuns: 300 },
    )
  })
}
