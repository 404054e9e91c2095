import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  type CertificateAuthority,
  clusterTokenAuthority,
  createCertificateAuthority,
  issueServerCertificate,
  TokenVerifier,
} from '@isthmus/control-plane/identity/index.ts'
import { startWebhook, type Webhook } from '@isthmus/control-plane/injection/index.ts'
import { kubeconfigText } from '@isthmus/control-plane/members/credentials.ts'
import {
  type JoinedMember,
  type MemberCluster,
  MemberController,
  memberKind,
} from '@isthmus/control-plane/members/index.ts'
import { silentLog, systemClock } from '@isthmus/control-plane/runtime/index.ts'
import {
  type AnyObject,
  type KubeClient,
  kinds,
  type Pod,
  parseKubeconfig,
  type Secret,
  YamlReader,
} from '@isthmus/kubernetes'
import type { ApiServer } from '@isthmus/lab/cluster/apiserver.ts'
import { parse, stringify } from 'yaml'
import { apiServer, clientOf, freePort } from './support/api-server.ts'
import { isthmus as command, type Ran } from './support/command.ts'

/* `isthmus cluster` and what is behind it, against two real API servers: the mesh's and a member's. */

const root = new URL('../../', import.meta.url).pathname
const dir = mkdtempSync(join(tmpdir(), 'isthmus-members-'))
const kubeconfig = join(dir, 'kubeconfig')
const name = 'ack-hangzhou'
let meshApi: ApiServer
let memberApi: ApiServer
let mesh: KubeClient
let member: KubeClient
let authority: CertificateAuthority
let webhook: Webhook
let controller: MemberController
const joined: JoinedMember[] = []
const left: string[] = []

before(
  async () => {
    meshApi = await apiServer('mesh', dir)
    memberApi = await apiServer(name, dir, '172.16.0.0/16')
    await Promise.all([meshApi.ready(), memberApi.ready()])
    mesh = clientOf(meshApi)
    member = clientOf(memberApi)
    await mesh.apply(readFileSync(join(root, 'deploy/crds/mesh.isthmus.dev_memberclusters.yaml'), 'utf8'))
    await mesh.apply('{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}')
    await member.apply([node('hz-1', '10.0.0.0/24', 'cn-hangzhou'), node('hz-2', '10.0.1.0/24', 'cn-hangzhou')])
    writeKubeconfig()
    authority = await createCertificateAuthority({ now: Date.now() })
    webhook = await startWebhook({
      host: '127.0.0.1',
      port: 0,
      certificate: await issueServerCertificate(authority, { names: ['127.0.0.1'], now: Date.now() }),
      settings: cluster => ({
        cluster,
        network: '',
        domain: 'cluster.local',
        xdsAddress: '127.0.0.1:15012',
        redirect: 'uid',
        proxyImage: 'isthmus.dev/proxy:test',
        redirectImage: 'isthmus.dev/redirect:test',
      }),
      log: silentLog,
    })
    controller = startController()
  },
  { timeout: 180_000 },
)

after(async () => {
  await controller?.stop()
  await webhook?.close()
  await Promise.all([mesh?.close(), member?.close()])
  await Promise.all([meshApi?.stop(), memberApi?.stop()])
  rmSync(dir, { recursive: true, force: true })
})

test('a cluster is added: it is looked at step by step, and the mesh has an account and a webhook there', async () => {
  const add = await isthmus('cluster', 'add', name)
  assert.equal(add.code, 0, add.err + add.out)
  for (const check of ['RouteAvailable', 'CertificateTrusted', 'PermissionsGranted', 'RegionKnown', 'Joined'])
    assert.match(add.out, new RegExp(`✓ ${check}`))
  assert.match(add.out, /ack-hangzhou is a member: 2 nodes in cn-hangzhou, Kubernetes v1\./)
  assert.deepEqual(
    joined.map(j => [j.name, j.region]),
    [[name, 'cn-hangzhou']],
  )
  const config = await member.get<AnyObject>(kinds.MutatingWebhookConfiguration, { name: 'isthmus-sidecar-injector' })
  assert.equal(config.webhooks.length, 2)
})

test('the kubeconfig that was given is used once; the mesh keeps an account of its own, which is no admin', async () => {
  const secrets = await mesh.list<Secret>(kinds.Secret, { namespace: 'istio-system' })
  assert.deepEqual(
    secrets.map(s => s.metadata.name),
    ['isthmus-account-ack-hangzhou'],
  )
  const { client } = joined.at(-1)!
  assert.equal((await client.list(kinds.Node)).length, 2)
  await assert.rejects(client.list(kinds.Secret), { kind: 'forbidden' })
})

test('cluster list says where it is, that it is ready, and how old the last word from its API is', async () => {
  const { out } = await isthmus('cluster', 'list')
  assert.match(out, /ack-hangzhou +cn-hangzhou +True +2 +\d+s/)
  const json = JSON.parse((await isthmus('cluster', 'list', '-o', 'json')).out)
  assert.deepEqual(json[0].status.podCIDRs, ['10.0.0.0/24', '10.0.1.0/24'])
  assert.deepEqual(json[0].status.serviceCIDRs, ['172.16.0.0/16'])
})

test('a new namespace gets the root certificate, also again after somebody deleted it', async () => {
  await member.apply('{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio-injection: enabled}}}')
  const key = { name: 'istio-ca-root-cert', namespace: 'shop' }
  const there = async () => {
    const map = await member.find<AnyObject>(kinds.ConfigMap, key)
    return map?.data['root-cert.pem'] === authority.certificate
  }
  await until(there)
  await member.delete(kinds.ConfigMap, key)
  await until(there)
})

test('a pod of an enabled namespace is created with its sidecar, by the real API calling the real webhook', async () => {
  await member.apply('{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: shop}}')
  const pod = (labels: Record<string, string>) =>
    member.create<Pod>({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `web-${Object.keys(labels).length}`, namespace: 'shop', labels },
      spec: { containers: [{ name: 'web', image: 'x' }] },
    })
  const injected = await pod({})
  assert.deepEqual(
    injected.spec.initContainers?.map(c => c.name),
    ['istio-init', 'istio-proxy'],
  )
  assert.equal(injected.spec.initContainers?.[1]?.restartPolicy, 'Always')
  assert.deepEqual(injected.spec.containers[0]?.lifecycle?.preStop, { sleep: { seconds: 3 } })
  const declined = await pod({ 'sidecar.istio.io/inject': 'false' })
  assert.equal(declined.spec.initContainers, undefined)
})

test('a token of the pod is recognised, by the cluster’s keys and by its API', async () => {
  const { client } = joined.at(-1)!
  const pod = await member.get<Pod>(kinds.Pod, { name: 'web-0', namespace: 'shop' })
  const { status } = await member.json<{ status: { token: string } }>({
    method: 'POST',
    path: '/api/v1/namespaces/shop/serviceaccounts/default/token',
    body: JSON.stringify({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: ['istio-ca'],
        expirationSeconds: 3600,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'web-0', uid: pod.metadata.uid },
      },
    }),
  })
  const identity = { cluster: name, namespace: 'shop', pod: 'web-0', serviceAccount: 'default' }
  const verifier = new TokenVerifier({ folder: join(dir, 'keys'), clock: systemClock, log: silentLog })
  verifier.addCluster(name, clusterTokenAuthority(client))
  assert.deepEqual(await verifier.verifyToken(status.token, name), identity)

  const withoutKeys = new TokenVerifier({ folder: join(dir, 'none'), clock: systemClock, log: silentLog })
  const { review } = clusterTokenAuthority(client)
  withoutKeys.addCluster(name, { review, keys: () => Promise.reject(new Error('no keys')) })
  assert.deepEqual(await withoutKeys.verifyToken(status.token, name), identity)
  await assert.rejects(withoutKeys.verifyToken('x.y.z', name), { code: 'ISM3102' })
})

test('while its API is away a member stays one, it is said why, and a control plane that starts meanwhile knows it', async () => {
  await memberApi.pause()
  await until(async () => (await ready())?.status === 'False', 40_000)
  assert.match((await ready())!.message, /ISM4004: .* refuses connections.*\(its last known state is in force\)/)
  assert.deepEqual(left, [])
  await controller.stop()
  joined.length = 0
  controller = startController()
  await until(() => joined.length === 1)
  await memberApi.resume()
  await until(async () => (await ready())?.status === 'True', 40_000)
})

test('added again with another kubeconfig it stays a member, with a new account', async () => {
  const account = () => mesh.get<Secret>(kinds.Secret, { name: `isthmus-account-${name}`, namespace: 'istio-system' })
  const before = (await account()).data
  const user = parseKubeconfig(await memberApi.clientKubeconfig('second', ['system:masters'])).access()
  writeKubeconfig({ [name]: kubeconfigText(user) })
  const add = await isthmus('cluster', 'add', name)
  assert.equal(add.code, 0, add.err)
  assert.notDeepEqual((await account()).data, before)
})

test('what is wrong is said with its reason and what mends it, and the cluster is tried on', async () => {
  const access = parseKubeconfig(memberApi.adminKubeconfig(memberApi.url)).access()
  const { cert: _c, key: _k, ...anonymous } = access
  const nobody = parseKubeconfig(await memberApi.clientKubeconfig('nobody')).access()
  const closed = await freePort()
  const contexts = {
    untrusted: kubeconfigText({ ...access, ca: authority.certificate }),
    refused: kubeconfigText({ ...anonymous, token: 'not-a-token' }),
    nobody: kubeconfigText(nobody),
    away: kubeconfigText({ ...access, server: `https://127.0.0.1:${closed}` }),
    nowhere: kubeconfigText({ ...access, server: 'https://nowhere.invalid:6443' }),
    twin: kubeconfigText(access),
  }
  writeKubeconfig(contexts)
  const said: Record<string, RegExp> = {
    untrusted: /ISM4005 CertificateNotTrusted/,
    refused: /ISM4006 CredentialsRefused/,
    nobody: /ISM4007 PermissionsMissing: not allowed: create namespaces, .*clusterroles/,
    away: new RegExp(`ISM4004 ApiUnreachable: 127\\.0\\.0\\.1:${closed} refuses connections`),
    nowhere: /ISM4004 ApiUnreachable: the name nowhere\.invalid cannot be resolved/,
    twin: /ISM4009 CidrOverlap: its pods \(10\.0\.0\.0\/24\) overlap the pods of ack-hangzhou \(10\.0\.0\.0\/24\)/,
  }
  for (const [context, pattern] of Object.entries(said)) {
    const { code, err } = await isthmus('cluster', 'add', context)
    assert.equal(code, 1, context)
    assert.match(err, pattern)
  }
  const { out } = await isthmus('cluster', 'list')
  assert.match(out, /twin .* False .* CidrOverlap/)
  for (const context of Object.keys(said)) assert.equal((await isthmus('cluster', 'remove', context)).code, 0)
})

test('nodes without a region label are said so, and a region given for the cluster mends it', async () => {
  const labels = (await member.list(kinds.Node)).map(n => n.metadata.name)
  const label = (value: string | null) =>
    Promise.all(
      labels.map(n =>
        member.patch(kinds.Node, { name: n }, { metadata: { labels: { 'topology.kubernetes.io/region': value } } }),
      ),
    )
  await label(null)
  // Under another network its addresses may be the same.
  const unlabelled = await isthmus('cluster', 'add', 'twin', '--network', 'other')
  assert.match(unlabelled.err, /ISM4008 NoRegion: none of its 2 nodes has a region label \(hz-1, hz-2\)/)
  const given = await isthmus('cluster', 'add', 'twin', '--network', 'other', '--region', 'cn-hangzhou')
  assert.equal(given.code, 0, given.err)
  assert.equal(joined.at(-1)!.region, 'cn-hangzhou')
  await label('cn-hangzhou')
  assert.equal((await isthmus('cluster', 'remove', 'twin')).code, 0)
  // Both spoke for one cluster here: what the twin took away is put back.
  writeKubeconfig()
  assert.equal((await isthmus('cluster', 'add', name)).code, 0)
})

test('removing a cluster takes away what joining made, and the rest goes with the role', async () => {
  const removed = await isthmus('cluster', 'remove', name)
  assert.equal(removed.code, 0, removed.err)
  assert.ok(left.includes(name))
  assert.equal(await mesh.find(memberKind, { name }), undefined)
  assert.deepEqual(await mesh.list(kinds.Secret, { namespace: 'istio-system' }), [])
  assert.equal(await member.find(kinds.MutatingWebhookConfiguration, { name: 'isthmus-sidecar-injector' }), undefined)
  assert.equal(await member.find(kinds.ConfigMap, { name: 'istio-ca-root-cert', namespace: 'shop' }), undefined)
  assert.equal(await member.find(kinds.ClusterRole, { name: 'isthmus-control-plane' }), undefined)
  // No garbage collector runs here; it acts on these.
  const namespace = await member.get(kinds.Namespace, { name: 'istio-system' })
  assert.equal(namespace.metadata.ownerReferences?.[0]?.name, 'isthmus-control-plane')
  const again = await isthmus('cluster', 'remove', name)
  assert.match(again.err, /ISM4013/)
})

function startController(): MemberController {
  const made = new MemberController({
    mesh,
    yaml: new YamlReader(),
    clock: systemClock,
    log: silentLog,
    folder: join(dir, 'accounts'),
    from: '127.0.0.1',
    settings: cluster => ({
      cluster,
      webhookAddress: `127.0.0.1:${webhook.port}`,
      rootCertificate: authority.certificate,
    }),
    onJoined: m => joined.push(m),
    onLeft: n => left.push(n),
  })
  made.start()
  return made
}

async function ready() {
  const { status } = await mesh.get<MemberCluster>(memberKind, { name })
  return status?.conditions?.find(c => c.type === 'Ready')
}

/** Contexts `mesh`, the member's, and those given: each from a kubeconfig of its own. */
function writeKubeconfig(more: Record<string, string> = {}): void {
  const merged: Record<string, unknown[]> = { clusters: [], users: [], contexts: [] }
  const all = {
    mesh: meshApi.adminKubeconfig(meshApi.url),
    [name]: memberApi.adminKubeconfig(memberApi.url),
    ...more,
  }
  for (const [context, text] of Object.entries(all)) {
    const config = parse(text)
    merged.clusters!.push({ ...config.clusters[0], name: context })
    merged.users!.push({ ...config.users[0], name: context })
    merged.contexts!.push({ name: context, context: { cluster: context, user: context } })
  }
  writeFileSync(kubeconfig, stringify({ apiVersion: 'v1', kind: 'Config', ...merged }))
}

function node(of: string, podCIDR: string, region: string): AnyObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: of, labels: { 'topology.kubernetes.io/region': region } },
    spec: { podCIDR, podCIDRs: [podCIDR] },
  }
}

function isthmus(...args: string[]): Promise<Ran> {
  return command(args, { KUBECONFIG: kubeconfig })
}

async function until(what: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const end = Date.now() + ms
  while (!(await what())) {
    if (Date.now() > end) assert.fail('it did not come about in time')
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
