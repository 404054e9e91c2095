import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import type { InventoryObject } from '../../src/members/inventory.ts'
import { networkPath } from '../../src/members/network-path.ts'

/* The two-region world, on paper. */

const world: readonly InventoryObject[] = parseAllDocuments(
  readFileSync(new URL('./two-regions.yaml', import.meta.url), 'utf8'),
).map(d => d.toJS())

const from = { name: 'ack-hangzhou/default/productpage', address: '10.10.0.5', cluster: 'ack-hangzhou' }
const to = { name: 'ack-shanghai/default/reviews', address: '10.20.0.7', cluster: 'ack-shanghai' }
const question = { from, to, port: 9080, protocol: 'TCP' }

const without = (kind: string, name: string) => world.filter(o => o.kind !== kind || o.metadata.name !== name)
const changed = (kind: string, spec: object) =>
  world.map(o => (o.kind === kind ? { ...o, spec: { ...o.spec, ...spec } } : o))

test('from a pod to a pod in another region: every hop, in the order of a packet’s way', () => {
  const { reaches, hops, verdict } = networkPath(world, question)
  assert.equal(reaches, 'yes', verdict)
  assert.deepEqual(
    hops.map(h => h.name),
    [
      ...['ack-hangzhou/default/productpage', 'vpc-hangzhou', 'attach-hangzhou', 'tr-hangzhou', 'hangzhou-shanghai'],
      ...['tr-shanghai', 'attach-shanghai', 'vpc-shanghai', 'sg-shanghai', 'ack-shanghai/default/reviews'],
    ],
  )
  assert.ok(hops.every(h => h.ok))
  assert.match(hops.find(h => h.kind === 'SecurityGroup')?.text ?? '', /All from 10\.0\.0\.0\/8/)
})

test('where it stops, and what mends it', () => {
  const attachment = networkPath(without('TransitRouterVpcAttachment', 'attach-shanghai'), question)
  assert.equal(attachment.reaches, 'no')
  assert.match(
    attachment.verdict,
    /VPC vpc-shanghai is not attached.*create a TransitRouterVpcAttachment of it to tr-shanghai/,
  )
  const peer = networkPath(without('TransitRouterPeerAttachment', 'hangzhou-shanghai'), question)
  assert.match(peer.verdict, /tr-hangzhou and tr-shanghai are not connected/)
  const bandwidth = networkPath(changed('TransitRouterPeerAttachment', { bandwidth: undefined }), question)
  assert.deepEqual([bandwidth.reaches, bandwidth.code], ['no', 'ISM4003'])
  const closed = networkPath(
    changed('SecurityGroup', { inbound: [{ protocol: 'TCP', portRange: '443', source: '10.0.0.0/8' }] }),
    question,
  )
  assert.deepEqual([closed.reaches, closed.code], ['no', 'ISM4002'])
  assert.match(closed.verdict, /protocol TCP, portRange "9080", source 10\.10\.0\.0\/16/)
})

test('within a cluster no rule is asked; an address nobody knows is said to be unknown', () => {
  const near = networkPath(changed('SecurityGroup', { inbound: [] }), {
    ...question,
    from: { name: 'here', address: '10.20.1.1', cluster: 'ack-shanghai' },
  })
  assert.equal(near.reaches, 'yes')
  const far = networkPath(world, { ...question, to: { name: '192.0.2.1', address: '192.0.2.1' } })
  assert.equal(far.reaches, 'unknown')
  assert.match(far.verdict, /192\.0\.2\.1/)
})
