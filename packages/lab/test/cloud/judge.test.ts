import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judge } from '@isthmus/lab/cloud/judge.ts'
import type { CloudKind, CloudObject, CloudObjects, CloudSpecs } from '@isthmus/lab/cloud/resources.ts'
import { loadWorld, tutorialWorld } from '@isthmus/lab/world/load.ts'
import { seed, withSpec } from '../network/worlds.ts'

const object = <K extends CloudKind>(kind: K, name: string, spec: CloudSpecs[K], created = '2026-01-01T00:00:00Z') =>
  ({
    apiVersion: 'cloud.isthmus.dev/v1alpha1',
    kind,
    metadata: { name, creationTimestamp: created },
    spec,
  }) as CloudObject

const verdict = (objects: CloudObjects, id: string) => judge(objects).verdicts.get(id)!
const refusals = (objects: CloudObjects) =>
  [...judge(objects).verdicts].filter(([, v]) => !v.accepted).map(([id]) => id)

test('the worlds that come with the lab are accepted whole', async () => {
  assert.deepEqual(refusals(seed), [])
  assert.deepEqual(refusals(await loadWorld(tutorialWorld)), [])
})

test('a vSwitch outside its VPC names both and both ranges', () => {
  const { accepted, reason, message } = verdict(
    withSpec(seed, 'VSwitch/vpc-hangzhou-switch-1', { cidrBlock: '22.0.0.0/16' }),
    'VSwitch/vpc-hangzhou-switch-1',
  )
  assert.equal(accepted, false)
  assert.equal(reason, 'OutsideVPC')
  for (const part of ['vpc-hangzhou-switch-1', '22.0.0.0/16', 'vpc-hangzhou', '20.0.0.0/8'])
    assert.ok(message.includes(part))
})

test('of two VPCs that overlap in one CEN the later attachment is refused, with both ranges', () => {
  const world = [
    ...seed,
    object('VPC', 'vpc-new', { region: 'cn-shanghai', cidrBlock: '20.128.0.0/9' }),
    object('TransitRouterVpcAttachment', 'attach-new', { transitRouter: 'shanghai-router', vpc: 'vpc-new' }),
  ]
  const { reason, message } = verdict(world, 'TransitRouterVpcAttachment/attach-new')
  assert.equal(reason, 'RangeOverlap')
  for (const part of ['vpc-new', '20.128.0.0/9', 'vpc-hangzhou', '20.0.0.0/8'])
    assert.ok(message.includes(part), message)
  assert.deepEqual(refusals(world), ['TransitRouterVpcAttachment/attach-new'])
})

test('a VPC apart from CEN may have any range', () => {
  const world = [...seed, object('VPC', 'vpc-alone', { region: 'cn-shanghai', cidrBlock: '20.0.0.0/8' })]
  assert.deepEqual(refusals(world), [])
})

test('a new attachment gives way to the pods of a cluster that was there before', () => {
  const world = [
    ...seed,
    object('VPC', 'vpc-pods', { region: 'cn-shanghai', cidrBlock: '10.0.0.0/8' }),
    object('TransitRouterVpcAttachment', 'attach-pods', { transitRouter: 'shanghai-router', vpc: 'vpc-pods' }),
  ]
  assert.deepEqual(refusals(world), ['TransitRouterVpcAttachment/attach-pods'])
  assert.match(verdict(world, 'TransitRouterVpcAttachment/attach-pods').message, /pod CIDR of ManagedCluster ack-/)
})

test('a cluster whose pods overlap another’s that it can reach is refused', () => {
  const world = [
    ...seed,
    object(
      'ManagedCluster',
      'ack-third',
      {
        ...{ region: 'cn-shanghai', vpc: 'vpc-shanghai', vSwitch: 'vpc-shanghai-switch-1' },
        ...{ podCIDR: '10.0.128.0/17', serviceCIDR: '172.18.0.0/16' },
      },
      '2026-02-01T00:00:00Z',
    ),
  ]
  const { reason, message } = verdict(world, 'ManagedCluster/ack-third')
  assert.equal(reason, 'RangeOverlap')
  for (const part of ['ack-third', '10.0.128.0/17', 'ack-hangzhou', '10.0.0.0/16'])
    assert.ok(message.includes(part), message)
})

test('an attachment to a router that is not there, or whose router is refused, says so', () => {
  const id = 'TransitRouterVpcAttachment/hangzhou-router-vpc-hangzhou'
  assert.match(verdict(withSpec(seed, id, { transitRouter: 'nobody' }), id).message, /TransitRouter nobody/)
  const chain = refusals(withSpec(seed, 'CenInstance/cen', undefined))
  assert.equal(chain.length, 6)
})

test('an inter-region connection joins two regions of one CEN, once', () => {
  const id = 'TransitRouterPeerAttachment/hangzhou-shanghai'
  assert.equal(verdict(withSpec(seed, id, { peerTransitRouter: 'hangzhou-router' }), id).reason, 'UnknownRegionPair')
  const twice = [
    ...seed,
    object('TransitRouterPeerAttachment', 'zz', {
      transitRouter: 'shanghai-router',
      peerTransitRouter: 'hangzhou-router',
    }),
  ]
  assert.equal(verdict(twice, 'TransitRouterPeerAttachment/zz').reason, 'UnknownRegionPair')
  const apart = [
    ...withSpec(seed, 'TransitRouter/shanghai-router', { cen: 'cen-2' }),
    object('CenInstance', 'cen-2', {}),
  ]
  assert.equal(verdict(apart, id).reason, 'UnknownRegionPair')
})

test('a region the cloud has not got is named with those near to it', () => {
  const { reason, message } = verdict(withSpec(seed, 'VPC/vpc-shanghai', { region: 'cn-atlantis' }), 'VPC/vpc-shanghai')
  assert.equal(reason, 'UnknownRegion')
  assert.match(message, /cn-atlantis/)
  assert.match(message, /cn-hangzhou/)
})

test('a rule with a port range that is none is refused by its place', () => {
  const inbound = [{ protocol: 'TCP' as const, portRange: '9000-8000', source: '10.1.0.0/16' }]
  const { reason, message } = verdict(
    withSpec(seed, 'SecurityGroup/sg-ack-hangzhou', { inbound }),
    'SecurityGroup/sg-ack-hangzhou',
  )
  assert.equal(reason, 'InvalidRule')
  assert.match(message, /spec\.inbound\[0\]\.portRange 9000-8000/)
})
