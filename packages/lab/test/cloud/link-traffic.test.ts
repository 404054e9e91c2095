import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sameButTraffic } from '../../src/cloud/link-traffic.ts'
import type { CloudObject } from '../../src/cloud/resources.ts'

const link = (change: { version: string; bandwidth?: string; going?: string; ready?: string; sent?: number }) =>
  ({
    apiVersion: 'cloud.isthmus.dev/v1alpha1',
    kind: 'TransitRouterPeerAttachment',
    metadata: {
      name: 'hangzhou-shanghai',
      resourceVersion: change.version,
      ...(change.going && { deletionTimestamp: change.going }),
    },
    spec: { transitRouter: 'a', peerTransitRouter: 'b', bandwidth: change.bandwidth ?? '100Mbps' },
    status: {
      conditions: [{ type: 'Ready', status: change.ready ?? 'True', reason: 'Ready', message: '' }],
      ...(change.sent !== undefined && { traffic: { sentBitsPerSecond: change.sent } }),
    },
  }) as unknown as CloudObject

test('another figure on a connection is no reason for a round of the world; anything else is', () => {
  const before = link({ version: '1', sent: 5 })
  assert.equal(sameButTraffic(before, link({ version: '2', sent: 9 })), true)
  assert.equal(sameButTraffic(link({ version: '1' }), link({ version: '2', sent: 9 })), true, 'the first figure')
  assert.equal(sameButTraffic(before, link({ version: '2', sent: 5, bandwidth: '10Mbps' })), false)
  assert.equal(sameButTraffic(before, link({ version: '2', sent: 5, going: '2026-01-01T00:00:00Z' })), false)
  assert.equal(sameButTraffic(before, link({ version: '2', sent: 5, ready: 'False' })), false)
})
