import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allot } from '@isthmus/lab/cloud/allotment.ts'
import { references, usersOf } from '@isthmus/lab/cloud/in-use.ts'
import { planWorld } from '@isthmus/lab/cloud/plan.ts'
import { parseWorld } from '@isthmus/lab/world/load.ts'
import fc from 'fast-check'
import { seed, withSpec } from '../network/worlds.ts'

test('the control plane has the first free address of its vSwitch, the nodes those after it', () => {
  const { clusters, meshes } = planWorld(seed)
  const [hangzhou] = clusters
  assert.equal(hangzhou!.address, '20.0.0.2')
  assert.deepEqual(
    hangzhou!.nodes.map(n => [n.name, n.address, n.podBlock, n.zone]),
    [
      ['ack-hangzhou-1', '20.0.0.3', '10.0.0.0/24', 'cn-hangzhou-i'],
      ['ack-hangzhou-2', '20.0.0.4', '10.0.1.0/24', 'cn-hangzhou-i'],
    ],
  )
  assert.equal(meshes[0]!.address, '192.168.0.2')
})

test('nodes keep their addresses while others come and go', () => {
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e')), { maxLength: 8 }), rounds => {
      let held: ReadonlyMap<string, number> | undefined
      for (const wanted of rounds) {
        const next = allot(held, wanted, 2)
        assert.deepEqual([...next.keys()].sort(), [...wanted].sort())
        assert.equal(new Set(next.values()).size, wanted.length)
        for (const [owner, n] of next) {
          assert.ok(n >= 2)
          if (held?.has(owner)) assert.equal(n, held.get(owner))
        }
        held = next
      }
    }),
  )
})

test('a vSwitch too small for its nodes leaves some out and says how many', () => {
  const small = withSpec(seed, 'VSwitch/vpc-shanghai-switch-1', { cidrBlock: '21.0.0.0/29' })
  const plan = planWorld(withSpec(small, 'ManagedCluster/ack-shanghai', { nodeCount: 6 }))
  assert.equal(plan.clusters.find(c => c.name === 'ack-shanghai')!.nodes.length, 4)
  assert.equal(plan.shortages.get('ack-shanghai'), 2)
})

test('a resource knows who names it', () => {
  const users = usersOf(seed, 'VPC/vpc-shanghai')
  assert.deepEqual(users.sort(), [
    'ManagedCluster/ack-shanghai',
    'SecurityGroup/sg-ack-shanghai',
    'TransitRouterVpcAttachment/shanghai-router-vpc-shanghai',
    'VSwitch/vpc-shanghai-switch-1',
  ])
  assert.deepEqual(references(seed.find(o => o.kind === 'TransitRouterPeerAttachment')!), [
    'TransitRouter/hangzhou-router',
    'TransitRouter/shanghai-router',
  ])
})

test('a world file with a foreign kind is refused with its line', () => {
  const text =
    'apiVersion: cloud.isthmus.dev/v1alpha1\nkind: CenInstance\nmetadata: {name: cen}\n---\napiVersion: v1\nkind: Pod\n'
  assert.throws(() => parseWorld(text, 'world.yaml'), /world\.yaml:5: v1 Pod/)
})
