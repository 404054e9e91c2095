import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ClusterRow, Problem } from '@isthmus/api'
import { kubeconfigText } from '@isthmus/control-plane/members/credentials.ts'
import { isKubeError, KubeClient, kinds, parseKubeconfig, type Secret } from '@isthmus/kubernetes'
import { stringify } from 'yaml'
import { assertFits, pathOf } from '../../../packages/control-plane/test/api/door.ts'
import { type MemberApi, memberApi } from './member.ts'
import { ApiWorld } from './world.ts'

/* Member clusters through the HTTP API: added, looked at, changed, removed; a real mesh API and a real member. */

let world: ApiWorld
let member: MemberApi

before(
  async () => {
    world = await ApiWorld.open()
    member = await memberApi(world.dir)
  },
  { timeout: 180_000 },
)

after(async () => {
  await member?.close()
  await world?.close()
})

const scalePath = '/api/v1/clusters/ack-hangzhou/workloads/default/reviews-v1/scale'

test('a pasted kubeconfig may not name files of this machine', async () => {
  const admin = await world.signIn('isthmus-admin')
  const kubeconfig = stringify({
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1', 'certificate-authority': '/etc/hostname' } }],
    users: [{ name: 'a', user: {} }],
  })
  const { status, body } = await admin.ask<Problem>('POST', '/api/v1/kubeconfig-contexts', { kubeconfig })
  assert.deepEqual([status, body.code], [400, 'ISM4210'])
})

test('a cluster is added and joins; its workloads are seen and scaled, its namespaces injected, each by whom RBAC lets', async () => {
  const admin = await world.signIn('isthmus-admin')
  const operator = await world.signIn('isthmus-operator')
  const { kubeconfig } = member
  const forbidden = await operator.ask<Problem>('POST', '/api/v1/clusters', { name: 'ack-hangzhou', kubeconfig })
  assert.equal(forbidden.body.code, 'ISM5105')
  const added = await admin.ask<ClusterRow>('POST', '/api/v1/clusters', { name: 'ack-hangzhou', kubeconfig })
  assert.equal(added.status, 200, JSON.stringify(added.body))
  const joined = await world.until(
    () => admin.ask<ClusterRow>('GET', '/api/v1/clusters/ack-hangzhou'),
    ({ body }) => body.ready,
  )
  assert.equal(joined.body.region, 'cn-hangzhou')
  const base = '/api/v1/clusters/ack-hangzhou'
  const nodes = await operator.ask<{ nodes: { name: string }[] }>('GET', `${base}/nodes`)
  assert.deepEqual(
    nodes.body.nodes.map(n => n.name),
    ['hz-1'],
  )
  const workloads = await operator.ask<{ workloads: { name: string; replicas: number }[] }>(
    'GET',
    `${base}/workloads?namespace=default`,
  )
  assert.deepEqual(
    workloads.body.workloads.map(w => [w.name, w.replicas]),
    [['reviews-v1', 1]],
  )
  const scaled = await operator.ask<{ replicas: number }>('PUT', scalePath, { replicas: 3 })
  assert.deepEqual([scaled.status, scaled.body.replicas], [200, 3], JSON.stringify(scaled.body))
  const injected = await operator.ask<{ injection: string }>('PUT', `${base}/namespaces/default/injection`, {
    injection: 'enabled',
  })
  assert.equal(injected.body.injection, 'enabled', JSON.stringify(injected.body))
  const namespace = await member.client.get(kinds.Namespace, { name: 'default' })
  assert.equal(namespace.metadata.labels?.['istio-injection'], 'enabled')
  for (const [id, params = {}] of [
    ['listClusters'],
    ['getCluster', { cluster: 'ack-hangzhou' }],
    ['listNodes', { cluster: 'ack-hangzhou' }],
    ['listNamespaces', { cluster: 'ack-hangzhou' }],
    ['listWorkloads', { cluster: 'ack-hangzhou' }],
    ['listPods', { cluster: 'ack-hangzhou' }],
    ['getNetwork'],
    ['listGateways'],
    ['listKinds'],
    ['getKindSchema', { kind: 'VirtualService' }],
    ['listObjects', { kind: 'MemberCluster' }],
    ['getOverview'],
  ] as const) {
    const answer = await operator.ask('GET', pathOf(id, { ...params } as Record<string, string>))
    assert.equal(answer.status, 200, `${id}: ${JSON.stringify(answer.body)}`)
    assertFits(id, answer.body)
  }
  const events = await operator.ask<{ events: { text: string; who?: string }[] }>('GET', '/api/v1/events')
  assert.ok(events.body.events.some(e => /scaled to 3/.test(e.text) && /isthmus-operator/.test(e.who ?? '')))
})

test('who may add clusters is shown no Secret of the mesh, not even by writing over one', async () => {
  const { server, ca } = world.mesh.access
  const asAdmin = new KubeClient({ server, ca, token: await world.tokenOf('isthmus-admin') })
  const key = { name: 'isthmus-account-ack-hangzhou', namespace: 'istio-system' }
  assert.ok((await world.mesh.get<Secret>(kinds.Secret, key)).data?.kubeconfig)
  const labels = { touched: 'yes' }
  const object = { ...kinds.Secret, metadata: { ...key, labels } }
  for (const tried of [
    () => asAdmin.get(kinds.Secret, key),
    () => asAdmin.list(kinds.Secret, { namespace: key.namespace }),
    () => asAdmin.apply([object]),
    () => asAdmin.patch(kinds.Secret, key, { metadata: { labels } }),
    () => asAdmin.update(object),
    () => asAdmin.delete(kinds.Secret, key),
  ])
    await assert.rejects(tried, error => isKubeError(error, 'forbidden'))
  await assert.rejects(asAdmin.create(object), error => {
    assert.ok(isKubeError(error, 'alreadyExists'))
    assert.doesNotMatch(JSON.stringify(error.body), /"data"|apiVersion: v1/)
    return true
  })
  await asAdmin.close()
})

test('added again with another kubeconfig, by whom RBAC lets add, it has a new account, and no kubeconfig stays behind', async () => {
  const admin = await world.signIn('isthmus-admin')
  const user = parseKubeconfig(await member.api.clientKubeconfig('second', ['system:masters'])).access()
  const secrets = () => world.mesh.list<Secret>(kinds.Secret, { namespace: 'istio-system', labelSelector })
  const labelSelector = 'isthmus.dev/member-cluster=ack-hangzhou'
  const account = (all: readonly Secret[]) => all.find(s => s.metadata.name.startsWith('isthmus-account-'))
  const before = account(await secrets())
  // The first is no good; it must not stay for good either. The last is known.
  const good = kubeconfigText(user)
  for (const kubeconfig of [kubeconfigText({ ...user, server: 'https://127.0.0.1:1' }), good, good]) {
    const added = await admin.ask('POST', '/api/v1/clusters', { name: 'ack-hangzhou', kubeconfig })
    assert.equal(added.status, 200, JSON.stringify(added.body))
    // Kubernetes tells the time of making in seconds.
    await new Promise(resolve => setTimeout(resolve, 1_100))
  }
  const left = await world.until(secrets, all => all.length === 1)
  assert.notDeepEqual(account(left)?.data, before?.data)
  await world.until(
    () => admin.ask<ClusterRow>('GET', '/api/v1/clusters/ack-hangzhou'),
    ({ body }) => body.ready,
  )
})

test('a cluster that is removed takes its Secrets with it', async () => {
  const admin = await world.signIn('isthmus-admin')
  assert.equal((await admin.ask('DELETE', '/api/v1/clusters/ack-hangzhou')).status, 200)
  await world.until(
    () => world.mesh.list(kinds.Secret, { namespace: 'istio-system', labelSelector: 'isthmus.dev/member-cluster' }),
    all => all.length === 0,
  )
})
