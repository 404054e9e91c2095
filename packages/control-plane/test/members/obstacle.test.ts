import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstObstacle, type InventoryObject } from '@isthmus/control-plane/members/index.ts'

/* The tutorial's network: the mesh and a cluster in Hangzhou, a cluster in Shanghai, joined by CEN. */

const object = (kind: string, name: string, spec: object, status?: InventoryObject['status']): InventoryObject => ({
  apiVersion: 'cloud.isthmus.dev/v1alpha1',
  kind,
  metadata: { name },
  spec,
  status,
})

const rule = { protocol: 'TCP', portRange: '6443', source: '192.168.0.0/24' }

const world: readonly InventoryObject[] = [
  object('VPC', 'vpc-hangzhou', { region: 'cn-hangzhou', cidrBlock: '20.0.0.0/8' }),
  object('VPC', 'vpc-shanghai', { region: 'cn-shanghai', cidrBlock: '21.0.0.0/8' }),
  object('VPC', 'vpc-hangzhou2', { region: 'cn-hangzhou', cidrBlock: '192.168.0.0/16' }),
  object('VSwitch', 'vpc-hangzhou-switch-2', { vpc: 'vpc-hangzhou2', cidrBlock: '192.168.0.0/24' }),
  object('TransitRouter', 'hangzhou-router', { cen: 'cen', region: 'cn-hangzhou' }),
  object('TransitRouter', 'shanghai-router', { cen: 'cen', region: 'cn-shanghai' }),
  object('TransitRouterVpcAttachment', 'mesh', { transitRouter: 'hangzhou-router', vpc: 'vpc-hangzhou2' }),
  object('TransitRouterVpcAttachment', 'hangzhou', { transitRouter: 'hangzhou-router', vpc: 'vpc-hangzhou' }),
  object('TransitRouterVpcAttachment', 'shanghai', { transitRouter: 'shanghai-router', vpc: 'vpc-shanghai' }),
  object('TransitRouterPeerAttachment', 'hangzhou-shanghai', {
    transitRouter: 'hangzhou-router',
    peerTransitRouter: 'shanghai-router',
    bandwidth: '100Mbps',
  }),
  object('SecurityGroup', 'sg-shanghai', { vpc: 'vpc-shanghai', inbound: [rule] }),
  object(
    'ManagedCluster',
    'ack-shanghai',
    { region: 'cn-shanghai', vpc: 'vpc-shanghai', securityGroup: 'sg-shanghai' },
    { endpoints: { private: 'https://21.0.0.1:6443' } },
  ),
  object('MeshInstance', 'mesh', { region: 'cn-hangzhou', vpc: 'vpc-hangzhou2' }),
]

const path = { from: '192.168.0.1', to: '21.0.0.1', port: 6443 }

const without = (...names: string[]) => world.filter(o => !names.includes(`${o.kind}/${o.metadata.name}`))
const changed = (name: string, spec: object, status?: InventoryObject['status']) =>
  world.map(o =>
    `${o.kind}/${o.metadata.name}` === name ? { ...o, spec: { ...o.spec, ...spec }, status: status ?? o.status } : o,
  )

test('nothing is in the way when all is there', () => {
  assert.equal(firstObstacle(world, path), undefined)
})

const table: Record<string, [readonly InventoryObject[], string, RegExp]> = {
  'the mesh is not attached': [
    without('TransitRouterVpcAttachment/mesh'),
    'ISM4001',
    /VPC vpc-hangzhou2 is not attached .*: create a TransitRouterVpcAttachment of VPC vpc-hangzhou2 to hangzhou-router/,
  ],
  'the cluster is not attached': [
    without('TransitRouterVpcAttachment/shanghai'),
    'ISM4001',
    /VPC vpc-shanghai is not attached .* to shanghai-router/,
  ],
  'there is no router in the region at all': [
    without('TransitRouterVpcAttachment/shanghai', 'TransitRouter/shanghai-router'),
    'ISM4001',
    /create a TransitRouter in cn-shanghai/,
  ],
  'the routers are not connected': [
    without('TransitRouterPeerAttachment/hangzhou-shanghai'),
    'ISM4001',
    /hangzhou-router \(cn-hangzhou\) and shanghai-router \(cn-shanghai\) are not connected: create a TransitRouterPeerAttachment/,
  ],
  'the routers belong to different CEN instances': [
    without('TransitRouterPeerAttachment/hangzhou-shanghai').map(o =>
      o.metadata.name === 'shanghai-router' ? { ...o, spec: { ...o.spec, cen: 'other' } } : o,
    ),
    'ISM4001',
    /different CEN instances/,
  ],
  'an attachment was refused by the cloud': [
    changed(
      'TransitRouterVpcAttachment/shanghai',
      {},
      {
        conditions: [{ type: 'Accepted', status: 'False', reason: 'x', message: '', lastTransitionTime: '' }],
      },
    ),
    'ISM4001',
    /VPC vpc-shanghai is not attached/,
  ],
  'the security group lets only pods in': [
    changed('SecurityGroup/sg-shanghai', { inbound: [{ protocol: 'All', source: '10.0.0.0/16' }] }),
    'ISM4002',
    /SecurityGroup sg-shanghai of ManagedCluster ack-shanghai .* add the inbound rule protocol TCP, portRange "6443", source 192\.168\.0\.0\/24/,
  ],
  'the security group lets in another port': [
    changed('SecurityGroup/sg-shanghai', { inbound: [{ ...rule, portRange: '8000-8099' }] }),
    'ISM4002',
    /from 192\.168\.0\.1 to TCP port 6443/,
  ],
  'the connection has no bandwidth plan': [
    changed('TransitRouterPeerAttachment/hangzhou-shanghai', { bandwidth: undefined }),
    'ISM4003',
    /hangzhou-shanghai \(hangzhou-router to shanghai-router\) has no bandwidth plan and carries 1 kbit\/s: kubectl patch/,
  ],
}

for (const [story, [objects, code, message]] of Object.entries(table))
  test(`${story}: it is named, with what mends it`, () => {
    const found = firstObstacle(objects, path)
    assert.equal(found?.code, code)
    assert.match(found!.message, message)
  })

test('of two obstacles the one a packet meets first is told', () => {
  const both = changed('TransitRouterPeerAttachment/hangzhou-shanghai', { bandwidth: undefined }).map(o =>
    o.kind === 'SecurityGroup' ? { ...o, spec: { ...o.spec, inbound: [] } } : o,
  )
  assert.equal(firstObstacle(both, path)?.code, 'ISM4002')
})

test('a cluster in the same region needs no inter-region connection, one in the same VPC no router', () => {
  const alone = without('TransitRouterPeerAttachment/hangzhou-shanghai')
  assert.equal(firstObstacle(alone, { ...path, to: '20.0.0.1' }), undefined)
  assert.equal(firstObstacle([world[2]!], { ...path, to: '192.168.3.1' }), undefined)
})

test('about addresses it does not know the inventory says nothing', () => {
  assert.equal(firstObstacle(world, { ...path, to: '203.0.113.1' }), undefined)
  assert.equal(firstObstacle([], path), undefined)
})
