import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  type ClusterRow,
  type ObjectView,
  type OperationId,
  type Preview,
  type Problem,
  paths,
  type Session,
  type VersionList,
  type Written,
} from '@isthmus/api'
import { kubeconfigText } from '@isthmus/control-plane/members/credentials.ts'
import { serveMesh } from '@isthmus/control-plane/wiring/mesh.ts'
import { KubeClient, kinds, parseKubeconfig } from '@isthmus/kubernetes'
import { type ApiServer, startApiServer } from '@isthmus/lab/cluster/apiserver.ts'
import { cacheDirectory } from '@isthmus/lab/sandbox/paths.ts'
import { stringify } from 'yaml'
import { assertFits, pathOf } from '../../packages/control-plane/test/api/door.ts'
import { freePort } from '../../packages/control-plane/test/support/free-port.ts'

/* The HTTP API in front of a real mesh API and a real member cluster: sign-in, and that RBAC decides. */

const root = new URL('../../', import.meta.url).pathname
const dir = mkdtempSync(join(tmpdir(), 'isthmus-console-api-'))
let meshApi: ApiServer
let memberApi: ApiServer
let mesh: KubeClient
let member: KubeClient
let stop: () => Promise<void>
let port = 0
const logged: string[] = []

before(
  async () => {
    meshApi = await api('mesh', '10.96.0.0/16')
    memberApi = await api('ack-hangzhou', '172.16.0.0/16')
    await Promise.all([meshApi.ready(), memberApi.ready()])
    mesh = clientOf(meshApi)
    member = clientOf(memberApi)
    const crds = ['crds/mesh.isthmus.dev_memberclusters.yaml', 'crds/mesh.isthmus.dev_regionaltrafficpolicies.yaml']
    const files = [...crds, 'crds/istio.alibabacloud.com_istiogateways.yaml'].map(f => join(root, 'deploy', f))
    for (const file of [join(cacheDirectory(), 'crds/istio.yaml'), ...files])
      await mesh.apply(readFileSync(file, 'utf8'))
    const held = readdirSync(join(root, 'deploy/mesh-api')).map(f =>
      readFileSync(join(root, 'deploy/mesh-api', f), 'utf8'),
    )
    await mesh.apply(held.join('\n---\n'))
    await member.apply([node('hz-1', '10.0.0.0/24')])
    await member.apply(stringify(deployment))
    await start()
  },
  { timeout: 180_000 },
)

after(async () => {
  await stop?.()
  await Promise.all([mesh?.close(), member?.close()])
  await Promise.all([meshApi?.stop(), memberApi?.stop()])
  rmSync(dir, { recursive: true, force: true })
})

test('without a token, or with a wrong one, there is nothing to see', async () => {
  const nobody = await ask<Problem>('GET', '/api/v1/overview')
  assert.deepEqual([nobody.status, nobody.body.code], [401, 'ISM5103'])
  const wrong = await ask<Problem>('POST', '/api/v1/session', { body: { token: 'no-such-token' } })
  assert.deepEqual([wrong.status, wrong.body.code], [401, 'ISM5104'])
})

test('a viewer signs in, sees, is told beforehand what they may not do, and cannot do it', async () => {
  const viewer = await signIn('isthmus-viewer')
  assert.deepEqual(
    viewer.session.permissions.filter(p => p.allowed).map(p => p.action),
    ['read'],
  )
  assert.match(viewer.session.permissions.find(p => p.action === 'editRules')?.why ?? '', /update virtualservices/)
  assert.equal((await viewer.ask('GET', '/api/v1/overview')).status, 200)
  const created = await viewer.ask<Problem>('POST', '/api/v1/objects/VirtualService', {
    yaml: virtualService('reviews'),
  })
  assert.deepEqual([created.status, created.body.code], [403, 'ISM5105'])
  const scaled = await viewer.ask<Problem>('PUT', scalePath, { replicas: 0 })
  assert.deepEqual([scaled.status, scaled.body.code], [403, 'ISM5105'])
  assert.match(scaled.body.message, /memberclusters\.mesh\.isthmus\.dev\/scale/)
})

test('the cookie is HttpOnly, SameSite and Secure; a change needs the CSRF token and the own origin', async () => {
  const admin = await signIn('isthmus-admin')
  assert.match(
    admin.setCookie,
    /^__Host-isthmus-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/,
  )
  const path = '/api/v1/objects/VirtualService?dryRun=true'
  const body = { yaml: virtualService('reviews') }
  const without = await ask<Problem>('POST', path, { body, headers: { cookie: admin.cookie } })
  assert.deepEqual([without.status, without.body.code], [403, 'ISM5106'])
  const headers = { cookie: admin.cookie, 'x-isthmus-csrf': admin.session.csrfToken }
  const elsewhere = await ask<Problem>('POST', path, { body, headers: { ...headers, origin: 'https://evil.example' } })
  assert.equal(elsewhere.body.code, 'ISM5106')
  const crossSite = await ask<Problem>('POST', path, { body, headers: { ...headers, 'sec-fetch-site': 'cross-site' } })
  assert.equal(crossSite.body.code, 'ISM5106')
  assert.equal(
    (await ask('POST', path, { body, headers: { ...headers, 'sec-fetch-site': 'same-origin' } })).status,
    200,
  )
})

test('a rule is tried, written, changed by somebody else meanwhile, and put back', async () => {
  const operator = await signIn('isthmus-operator')
  const tried = await operator.ask<Written>('POST', '/api/v1/objects/VirtualService?dryRun=true', {
    yaml: virtualService('nowhere'),
  })
  assert.equal(tried.status, 200, JSON.stringify(tried.body))
  assert.equal(tried.body.dryRun, true)
  assert.ok(tried.body.findings.some(f => /nowhere/.test(f.message) && f.mend))
  const made = await operator.ask<Written>('POST', '/api/v1/objects/VirtualService', {
    yaml: virtualService('reviews'),
  })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  const path = '/api/v1/objects/VirtualService/default/reviews'
  const edited = (await operator.ask<ObjectView>('GET', path)).body
  assert.doesNotMatch(edited.yaml, /managedFields|resourceVersion/)
  await mesh.patch(
    kinds.VirtualService,
    { name: 'reviews', namespace: 'default' },
    { metadata: { labels: { by: 'them' } } },
  )
  const late = await operator.ask<Problem>('PUT', `${path}?resourceVersion=${edited.resourceVersion}`, {
    yaml: edited.yaml,
  })
  assert.deepEqual([late.status, late.body.code], [409, 'ISM5108'])
  assert.match(late.body.current?.yaml ?? '', /by: them/)
  const again = await operator.ask<Written>('PUT', `${path}?resourceVersion=${late.body.current?.resourceVersion}`, {
    yaml: edited.yaml,
  })
  assert.equal(again.status, 200, JSON.stringify(again.body))
  const versions = await until(
    () => operator.ask<VersionList>('GET', `${path}/versions`),
    ({ body }) => body.versions.length >= 3,
  )
  assert.match(versions.body.versions[0]?.who ?? '', /system:serviceaccount:istio-system:isthmus-operator/)
  const unknown = edited.yaml.replace('hosts:', 'hostz:')
  const refused = await operator.ask<Problem>('PUT', path, { yaml: unknown })
  assert.deepEqual([refused.status, refused.body.code], [422, 'ISM5111'])
  assert.equal((await operator.ask('DELETE', path)).status, 200)
})

test('an object may be written in any version that is served', async () => {
  const operator = await signIn('isthmus-operator')
  const older = virtualService('older').replace(/networking\.istio\.io\/v1\b/, 'networking.istio.io/v1alpha3')
  assert.match(older, /v1alpha3/)
  const tried = await operator.ask<Written>('POST', '/api/v1/objects/VirtualService?dryRun=true', { yaml: older })
  assert.equal(tried.status, 200, JSON.stringify(tried.body))
  assert.equal(tried.body.object.apiVersion, 'networking.istio.io/v1')
  const unserved = older.replace('v1alpha3', 'v9')
  const refused = await operator.ask<Problem>('POST', '/api/v1/objects/VirtualService?dryRun=true', { yaml: unserved })
  assert.deepEqual([refused.status, refused.body.code], [422, 'ISM5111'], JSON.stringify(refused.body))
})

test('a preview needs no right to write', async () => {
  const viewer = await signIn('isthmus-viewer')
  const policy = {
    apiVersion: 'mesh.isthmus.dev/v1alpha1',
    kind: 'RegionalTrafficPolicy',
    metadata: { name: 'mesh-wide', namespace: 'istio-system' },
    spec: { failover: { enabled: true, rules: [{ from: 'cn-hangzhou', to: ['cn-shanghai'] }] } },
  }
  const { status, body } = await viewer.ask<Preview>('POST', '/api/v1/regional-traffic/preview', { policy })
  assert.equal(status, 200, JSON.stringify(body))
  assert.ok(body.checks.some(c => !c.ok && /no region/.test(c.text)))
})

test('a pasted kubeconfig may not name files of this machine', async () => {
  const admin = await signIn('isthmus-admin')
  const kubeconfig = stringify({
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1', 'certificate-authority': '/etc/hostname' } }],
    users: [{ name: 'a', user: {} }],
  })
  const { status, body } = await admin.ask<Problem>('POST', '/api/v1/kubeconfig-contexts', { kubeconfig })
  assert.deepEqual([status, body.code], [400, 'ISM4210'])
})

test('a cluster is added and joins; its workloads are seen and scaled, its namespaces injected, each by whom RBAC lets', async () => {
  const admin = await signIn('isthmus-admin')
  const operator = await signIn('isthmus-operator')
  const kubeconfig = kubeconfigText(parseKubeconfig(memberApi.adminKubeconfig(memberApi.url)).access())
  const forbidden = await operator.ask<Problem>('POST', '/api/v1/clusters', { name: 'ack-hangzhou', kubeconfig })
  assert.equal(forbidden.body.code, 'ISM5105')
  const added = await admin.ask<ClusterRow>('POST', '/api/v1/clusters', { name: 'ack-hangzhou', kubeconfig })
  assert.equal(added.status, 200, JSON.stringify(added.body))
  const joined = await until(
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
  const namespace = await member.get(kinds.Namespace, { name: 'default' })
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
  assert.equal((await admin.ask('DELETE', base)).status, 200)
})

test('every operation is refused to who has no credentials, and to who has no rights in the mesh', async () => {
  await mesh.apply([
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'nobody', namespace: 'istio-system' } },
  ])
  const nobody = { authorization: `Bearer ${await tokenOf('nobody')}` }
  const own = new Set<string>(['signIn', 'signInByLink', 'getSession', 'signOut', 'createSignInLink'])
  for (const id of Object.keys(paths) as OperationId[]) {
    if (id === 'signIn' || id === 'signInByLink') continue
    const path = pathOf(id, {
      kind: 'VirtualService',
      namespace: 'a',
      name: 'a',
      cluster: 'a',
      service: 'a',
      proxy: 'a',
      pod: 'a',
    })
    const without = await ask<Problem>(paths[id][0], path)
    assert.deepEqual([without.status, without.body.code], [401, 'ISM5103'], id)
    if (own.has(id)) continue
    const asNobody = await ask<Problem>(paths[id][0], path, { headers: nobody })
    assert.deepEqual([asNobody.status, asNobody.body.code], [403, 'ISM5105'], id)
  }
  for (const path of ['/debug/views', '/debug/pushes', '/debug/memory', '/debug/proxies'])
    for (const [role, status] of [
      ['isthmus-viewer', 403],
      ['isthmus-operator', 403],
      ['isthmus-admin', 200],
    ] as const) {
      const headers = { authorization: `Bearer ${await tokenOf(role)}` }
      assert.equal((await ask('GET', path, { headers })).status, status, `${role} ${path}`)
    }
})

test('a sign-in link works once, and a session cannot make one', async () => {
  const token = await tokenOf('isthmus-admin')
  const link = await ask<{ path: string }>('POST', '/api/v1/sign-in-links', {
    headers: { authorization: `Bearer ${token}` },
  })
  const code = link.body.path.replace('/sign-in#', '')
  const first = await ask<Session>('POST', '/api/v1/session/link', { body: { code } })
  assert.match(first.body.user, /isthmus-admin$/)
  const second = await ask<Problem>('POST', '/api/v1/session/link', { body: { code } })
  assert.deepEqual([second.status, second.body.code], [401, 'ISM5110'])
  const admin = await signIn('isthmus-admin')
  assert.equal((await admin.ask<Problem>('POST', '/api/v1/sign-in-links')).status, 403)
  assert.equal((await admin.ask('DELETE', '/api/v1/session')).status, 200)
  assert.equal((await admin.ask<Problem>('GET', '/api/v1/session')).status, 401)
})

test('who guesses tokens is made to wait', async () => {
  const answers: number[] = []
  for (let i = 0; i < 12; i++) {
    const { status } = await ask('POST', '/api/v1/session', { body: { token: `guess-${i}` } })
    answers.push(status)
  }
  assert.equal(answers[0], 401)
  assert.equal(answers.at(-1), 429)
})

const scalePath = '/api/v1/clusters/ack-hangzhou/workloads/default/reviews-v1/scale'

interface Answer<T> {
  readonly status: number
  readonly body: T
  readonly setCookie: string
}

function ask<T>(
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer<T>> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method, headers: options.headers, rejectUnauthorized: false },
      response => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', chunk => (text += chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: JSON.parse(text) as T,
            setCookie: response.headers['set-cookie']?.[0] ?? '',
          }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(options.body === undefined ? undefined : JSON.stringify(options.body))
  })
}

async function tokenOf(account: string): Promise<string> {
  const answer = await mesh.json<{ status: { token: string } }>({
    method: 'POST',
    path: `/api/v1/namespaces/istio-system/serviceaccounts/${account}/token`,
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
  })
  return answer.status.token
}

async function signIn(account: string) {
  const { status, body, setCookie } = await ask<Session>('POST', '/api/v1/session', {
    body: { token: await tokenOf(account) },
  })
  assert.equal(status, 200, JSON.stringify(body))
  const cookie = setCookie.split(';')[0] ?? ''
  const headers = { cookie, 'x-isthmus-csrf': body.csrfToken }
  return {
    session: body,
    cookie,
    setCookie,
    ask: <T>(method: string, path: string, sent?: unknown) => ask<T>(method, path, { body: sent, headers }),
  }
}

async function until<T>(task: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  const end = Date.now() + 60_000
  for (;;) {
    const value = await task()
    if (good(value)) return value
    if (Date.now() > end) assert.fail(`it stays as it is: ${JSON.stringify(value)}\n${logged.slice(-10).join('\n')}`)
    await new Promise(resolve => setTimeout(resolve, 200))
  }
}

async function start() {
  const kubeconfig = join(dir, 'mesh.kubeconfig')
  writeFileSync(kubeconfig, meshApi.adminKubeconfig(meshApi.url), { mode: 0o600 })
  const log = {
    debug() {},
    info(fields: object, message: string) {
      logged.push(`${message} ${JSON.stringify(fields)}`)
      if ('api' in fields) port = Number(new URL(String(fields.api)).port)
    },
    warn(fields: object, message: string) {
      logged.push(`${message} ${JSON.stringify(fields)}`)
    },
    error(fields: object, message: string) {
      logged.push(`${message} ${JSON.stringify(fields)}`)
    },
  }
  stop = await serveMesh(
    {
      kubeconfig,
      xdsAddress: '127.0.0.1:0',
      webhookAddress: `127.0.0.1:${await freePort()}`,
      apiAddress: '127.0.0.1:0',
      advertise: '127.0.0.1',
      stateDir: join(dir, 'state'),
      name: 'mesh',
      redirect: 'uid',
      logLevel: 'info',
    },
    log,
  )
}

async function api(name: string, serviceCidr: string): Promise<ApiServer> {
  const port = await freePort()
  return startApiServer({
    name,
    address: '127.0.0.1',
    port,
    etcdPort: await twoFreePorts(),
    dir: join(dir, name),
    serviceCidr,
  })
}

/** The first of two that follow each other: etcd takes both. */
async function twoFreePorts(): Promise<number> {
  for (;;) {
    const first = await freePort()
    const next = await new Promise<boolean>(resolve => {
      const server = createServer()
      server.once('error', () => resolve(false))
      server.listen(first + 1, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (next) return first
  }
}

function clientOf(server: ApiServer): KubeClient {
  return new KubeClient(parseKubeconfig(server.adminKubeconfig(server.url)).access())
}

function node(name: string, podCIDR: string) {
  const labels = { 'topology.kubernetes.io/region': 'cn-hangzhou' }
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: { podCIDR, podCIDRs: [podCIDR] } }
}

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'reviews-v1', namespace: 'default' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'reviews' } },
    template: {
      metadata: { labels: { app: 'reviews' } },
      spec: { containers: [{ name: 'reviews', image: 'isthmus.dev/reviews:v1' }] },
    },
  },
}

function virtualService(host: string): string {
  return stringify({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'reviews', namespace: 'default' },
    spec: { hosts: ['reviews'], http: [{ route: [{ destination: { host } }] }] },
  })
}
