import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ClusterRow, type OperationId, operations, type Problem, paths, type ServiceList } from '@isthmus/api'
import { assertFits, pathOf } from '../../../packages/control-plane/test/api/door.ts'
import { type MemberApi, memberApi } from './member.ts'
import { virtualService } from './rule.ts'
import { ApiWorld, type Asked } from './world.ts'

/*
 * Who may do what through the HTTP API: every operation, asked by each kind of person, of a real mesh API whose RBAC decides.
 * The tables say what the roles of deploy/mesh-api/roles.yaml are for: a viewer looks, an operator also writes traffic rules,
 * scales, switches injection and reads logs, an admin also adds and removes clusters.
 */

/** From none to all; each may what those before may. */
const people = ['nobody', 'stranger', 'viewer', 'operator', 'admin'] as const
type Person = (typeof people)[number]

interface Row {
  /** The first of `people` who may. */
  readonly from: Person
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** What who may is answered, where it is not 200: here is no proxy, and no kubelet that has logs. */
  readonly answer?: number
}

const cluster = { cluster: 'ack-hangzhou' }
const service = { service: 'reviews.default' }
const rule = { kind: 'VirtualService', namespace: 'default', name: 'reviews' }
const ruleWritten = { query: { dryRun: 'true' }, body: { yaml: virtualService('reviews') } }
const policy = {
  apiVersion: 'mesh.isthmus.dev/v1alpha1',
  kind: 'RegionalTrafficPolicy',
  metadata: { name: 'mesh-wide', namespace: 'istio-system' },
  spec: { failover: { enabled: true, rules: [{ from: 'cn-hangzhou', to: ['cn-shanghai'] }] } },
}

/** Every operation; the type checker and the first test hold it complete. */
const table = (given: { token: string; code: string; kubeconfig: string }): Readonly<Record<OperationId, Row>> => ({
  signIn: { from: 'nobody', body: { token: given.token } },
  signInByLink: { from: 'nobody', body: { code: given.code } },
  getSession: { from: 'stranger' },
  createSignInLink: { from: 'stranger' },

  getOverview: { from: 'viewer' },
  getMatrix: { from: 'viewer' },
  listRegions: { from: 'viewer' },
  listEvents: { from: 'viewer' },
  listFindings: { from: 'viewer' },
  stream: {
    from: 'viewer',
    query: { topics: 'overview,matrix,regional-traffic,clusters,proxies,gateways,events,services' },
  },
  listServices: { from: 'viewer' },
  getService: { from: 'viewer', path: service },
  getServiceSeries: { from: 'viewer', path: service },
  getServiceLatency: { from: 'viewer', path: service },
  getServiceEjections: { from: 'viewer', path: service },
  explain: { from: 'viewer', query: { service: 'reviews.default', from: 'cn-hangzhou' } },
  getRegionalTraffic: { from: 'viewer' },
  previewRegionalTraffic: { from: 'viewer', body: { policy } },
  listKinds: { from: 'viewer' },
  getKindSchema: { from: 'viewer', path: rule },
  listObjects: { from: 'viewer', path: rule },
  getObject: { from: 'viewer', path: rule },
  listVersions: { from: 'viewer', path: rule },
  listClusters: { from: 'viewer' },
  getCluster: { from: 'viewer', path: cluster },
  listNodes: { from: 'viewer', path: cluster },
  listNamespaces: { from: 'viewer', path: cluster },
  listWorkloads: { from: 'viewer', path: cluster },
  listPods: { from: 'viewer', path: cluster },
  getNetwork: { from: 'viewer' },
  getNetworkPath: { from: 'viewer', query: { from: 'ack-hangzhou/hz-1', to: '10.0.0.7' } },
  listGateways: { from: 'viewer' },
  listProxies: { from: 'viewer' },
  getProxyConfig: { from: 'viewer', path: { proxy: 'reviews-v1.default' }, answer: 404 },
  compareProxy: { from: 'viewer', path: { proxy: 'reviews-v1.default' }, answer: 404 },
  // What is in the kubeconfig that came with the question, and nothing of the mesh.
  listKubeconfigContexts: { from: 'viewer', body: { kubeconfig: given.kubeconfig } },

  createObject: { from: 'operator', path: rule, ...ruleWritten, answer: 409 },
  replaceObject: { from: 'operator', path: rule, ...ruleWritten },
  deleteObject: { from: 'operator', path: rule, query: { dryRun: 'true' } },
  setInjection: {
    from: 'operator',
    path: { ...cluster, namespace: 'default' },
    body: { injection: 'unset' },
  },
  scaleWorkload: {
    from: 'operator',
    path: { ...cluster, namespace: 'default', name: 'reviews-v1' },
    body: { replicas: 2 },
  },
  getPodLogs: {
    from: 'operator',
    path: { ...cluster, namespace: 'default', pod: 'reviews-v1-5d8f7c9b4-x2x7z' },
    answer: 503,
  },

  addCluster: { from: 'admin', body: { name: cluster.cluster, kubeconfig: given.kubeconfig } },
  removeCluster: { from: 'admin', path: cluster },
  signOut: { from: 'stranger' },
})

let world: ApiWorld
let member: MemberApi

before(
  async () => {
    world = await ApiWorld.open()
    member = await memberApi(world.dir)
    await member.client.apply([reviews, account, pod])
    await world.mesh.apply(virtualService('reviews'))
    await world.mesh.apply([
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'stranger', namespace: 'istio-system' } },
    ])
    const admin = await world.signIn('isthmus-admin')
    await admin.ask('POST', '/api/v1/clusters', { name: cluster.cluster, kubeconfig: member.kubeconfig })
    const { ask } = admin
    await world.until(
      () => ask<ClusterRow>('GET', '/api/v1/clusters/ack-hangzhou'),
      ({ body }) => body.ready,
    )
    await world.until(
      () => ask<ServiceList>('GET', '/api/v1/services'),
      ({ body }) => body.total > 0,
    )
  },
  { timeout: 180_000 },
)

after(async () => {
  await member?.close()
  await world?.close()
})

test('no operation is left out of the table', () => {
  const rows = Object.keys(table({ token: '', code: '', kubeconfig: '' }))
  assert.deepEqual(rows.sort(), Object.keys(operations).sort())
  assert.deepEqual(rows.sort(), Object.keys(paths).sort())
})

for (const person of people)
  test(`what ${person} may`, async () => {
    const headers = await headersOf(person)
    const given = { token: await tokenOf('viewer'), code: await code(), kubeconfig: member.kubeconfig }
    for (const [id, row] of Object.entries(table(given)) as [OperationId, Row][]) {
      const path = pathOf(id, row.path, row.query)
      const { status, body } = await world.ask<Problem>(paths[id][0], path, { headers, body: row.body })
      const may = people.indexOf(person) >= people.indexOf(row.from)
      const said = `${person}: ${id}: ${JSON.stringify(body)}`
      if (!may) {
        const refusal = person === 'nobody' ? [401, 'ISM5103'] : [403, 'ISM5105']
        assert.deepEqual([status, body.code], refusal, said)
        continue
      }
      assert.equal(status, row.answer ?? 200, said)
      if (status === 200 && id !== 'stream') assertFits(id, body)
    }
  })

test('kind by kind: who may look at objects, and who may write them', async () => {
  const rules = ['VirtualService', 'DestinationRule', 'Gateway', 'ServiceEntry', 'WorkloadEntry', 'Sidecar']
  const writers: Readonly<Record<string, Person>> = {
    ...Object.fromEntries(rules.map(kind => [kind, 'operator' as const])),
    RegionalTrafficPolicy: 'operator',
    IstioGateway: 'operator',
    MemberCluster: 'admin',
  }
  for (const person of ['viewer', 'operator', 'admin'] as const) {
    const headers = await headersOf(person)
    const { body } = await world.ask<{ kinds: { kind: string; apiVersion: string; verbs: string[] }[] }>(
      'GET',
      pathOf('listKinds'),
      { headers },
    )
    assert.deepEqual(body.kinds.map(k => k.kind).sort(), Object.keys(writers).sort())
    for (const { kind, apiVersion, verbs } of body.kinds) {
      const may = people.indexOf(person) >= people.indexOf(writers[kind]!)
      const said = `${person}: ${kind}`
      assert.deepEqual(verbs, may ? ['get', 'create', 'update', 'delete'] : ['get'], said)
      const at = { kind, namespace: kind === 'MemberCluster' ? '-' : 'default', name: 'not-there' }
      const refused = async (id: 'createObject' | 'replaceObject' | 'deleteObject' | 'listObjects', asked: Asked) => {
        const query: Record<string, string> = id === 'listObjects' ? {} : { dryRun: 'true' }
        const answer = await world.ask<Problem>(paths[id][0], pathOf(id, at, query), { headers, ...asked })
        assert.notEqual(answer.status, 401, said)
        return answer.status === 403
      }
      const metadata = { name: at.name, ...(kind !== 'MemberCluster' && { namespace: at.namespace }) }
      // Not an object that is taken: RBAC comes first.
      const yaml = JSON.stringify({ apiVersion, kind, metadata, spec: { noSuchField: true } })
      assert.equal(await refused('listObjects', {}), false, said)
      assert.equal(await refused('createObject', { body: { yaml } }), !may, `${said}: create`)
      assert.equal(await refused('deleteObject', {}), !may, `${said}: delete`)
    }
  }
})

test('what the control plane says of itself (/debug) is for admins', async () => {
  for (const path of ['/debug/views', '/debug/pushes', '/debug/memory', '/debug/proxies'])
    for (const [person, status] of [
      ['nobody', 401],
      ['stranger', 403],
      ['viewer', 403],
      ['operator', 403],
      ['admin', 200],
    ] as const)
      assert.equal(
        (await world.ask('GET', path, { headers: await headersOf(person) })).status,
        status,
        `${person} ${path}`,
      )
})

test('what somebody may is said beforehand, with the right that they lack', async () => {
  const allowed = async (person: Person) => {
    const { permissions } = (await world.signIn(accounts[person])).session
    return { permissions, actions: permissions.filter(p => p.allowed).map(p => p.action) }
  }
  const viewer = await allowed('viewer')
  assert.deepEqual(viewer.actions, ['read'])
  assert.match(viewer.permissions.find(p => p.action === 'editRules')?.why ?? '', /update virtualservices/)
  const { actions } = await allowed('operator')
  assert.deepEqual(actions.sort(), [
    ...['editRegionalTraffic', 'editRules', 'read', 'readLogs', 'scaleWorkloads', 'setInjection'],
  ])
  assert.equal((await allowed('admin')).actions.length, viewer.permissions.length)
})

const accounts: Readonly<Record<Person, string>> = {
  nobody: '',
  stranger: 'stranger',
  viewer: 'isthmus-viewer',
  operator: 'isthmus-operator',
  admin: 'isthmus-admin',
}
const tokens = new Map<Person, Promise<string>>()

function tokenOf(person: Person): Promise<string> {
  const token = tokens.get(person) ?? world.tokenOf(accounts[person])
  tokens.set(person, token)
  return token
}

async function headersOf(person: Person): Promise<Record<string, string>> {
  return person === 'nobody' ? {} : { authorization: `Bearer ${await tokenOf(person)}` }
}

async function code(): Promise<string> {
  const link = await world.ask<{ path: string }>('POST', paths.createSignInLink[1], {
    headers: await headersOf('viewer'),
  })
  return link.body.path.replace('/sign-in#', '')
}

const reviews = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'reviews', namespace: 'default' },
  spec: { selector: { app: 'reviews' }, ports: [{ name: 'http', port: 9080 }] },
}
const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } }
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'reviews-v1-5d8f7c9b4-x2x7z', namespace: 'default', labels: { app: 'reviews' } },
  spec: {
    nodeName: 'hz-1',
    serviceAccountName: 'default',
    containers: [{ name: 'reviews', image: 'isthmus.dev/reviews:v1' }],
  },
}
