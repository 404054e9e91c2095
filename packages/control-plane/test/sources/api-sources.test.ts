import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { KubeClient, type KubeObject, kinds } from '@isthmus/kubernetes'
import { RealApi } from '../../../kubernetes/test/real-api.ts'
import { seededRandom, silentLog, systemClock } from '../../src/runtime/index.ts'
import { type MemberSource, MeshBuilder, memberSource, meshConfigSource } from '../../src/sources/index.ts'
import { node, pod, rule, service, slice } from './objects.ts'

const reviews = 'reviews.default.svc.cluster.local'
const api = new RealApi()
let client: KubeClient
let stateDirectory: string
before(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'state-'))
  await api.start()
  client = new KubeClient(api.access)
})
after(async () => {
  await client?.close()
  await api.stop()
  await rm(stateDirectory, { recursive: true })
})

const until = async (what: string, holds: () => boolean | Promise<boolean>) => {
  for (let i = 0; i < 2000; i++) {
    if (await holds()) return
    await sleep(10)
  }
  assert.fail(`never: ${what}`)
}

/** Real API servers keep a pod's status apart, and give addresses to services themselves. */
async function put(object: KubeObject & { status?: unknown }): Promise<void> {
  await client.create(object)
  const { name, namespace } = object.metadata
  if (object.status) await client.patchStatus(object, { name, namespace }, object.status as object)
}

const running = { clock: systemClock, random: seededRandom(1), log: silentLog, staleAfterMs: 50, idleProbeMs: 200 }

async function controlPlane(): Promise<{
  builder: MeshBuilder
  member: MemberSource
  own: KubeClient
  end(): Promise<void>
}> {
  const builder = new MeshBuilder()
  const own = new KubeClient(api.access)
  const member = await memberSource({
    ...running,
    name: 'ack-shanghai',
    region: 'cn-shanghai',
    client: own,
    builder,
    stateDirectory,
  })
  return {
    builder,
    member,
    own,
    async end() {
      await member.stop()
      await own.close()
    },
  }
}

const addresses = (b: MeshBuilder) => b.mesh.endpoints.get(reviews)?.map(e => `${e.address}${e.stale ? ' stale' : ''}`)

test('a member cluster: followed while its API is there, kept while it is not, found again after', async () => {
  const p = pod('reviews-v2-abc-x', 'reviews', '10.1.0.2', 'n1', 'v2')
  for (const object of [
    node('n1', 'cn-shanghai'),
    { ...service('reviews'), spec: { ...service('reviews').spec, clusterIP: undefined } },
    p,
  ])
    await put(object)
  await put(slice('reviews', [p]))

  const first = await controlPlane()
  await first.member.ready
  first.builder.flush()
  assert.deepEqual(addresses(first.builder), ['10.1.0.2'])
  assert.equal(first.builder.mesh.endpoints.get(reviews)?.[0]?.labels.version, 'v2')
  assert.equal(first.member.status.stale, false)

  // Its credentials change: a new source takes over, and never is there a moment without the pod.
  const renewed = new KubeClient(api.access)
  let emptied = false
  first.builder.subscribe(mesh => {
    if (!mesh.endpoints.get(reviews)?.some(e => e.address === '10.1.0.2')) emptied = true
  })
  await first.end()
  const taken = await memberSource({
    ...running,
    name: 'ack-shanghai',
    region: 'cn-shanghai',
    client: renewed,
    builder: first.builder,
    stateDirectory,
  })
  await taken.ready
  first.builder.flush()
  assert.deepEqual([addresses(first.builder), emptied], [['10.1.0.2'], false])

  // The API is lost: nothing is taken away, and it is said.
  await api.stopApi()
  await until('stale', () => addresses(first.builder)?.[0] === '10.1.0.2 stale')
  assert.equal(first.builder.mesh.clusters.get('ack-shanghai')?.stale, true)
  await taken.stop()
  await renewed.close()

  // The control plane starts again meanwhile: it begins with what it knew.
  const second = await controlPlane()
  await second.member.ready
  second.builder.flush()
  assert.deepEqual(addresses(second.builder), ['10.1.0.2 stale'])
  assert.equal(second.builder.mesh.clusters.get('ack-shanghai')?.synced, true)
  assert.equal(second.member.status.error?.kind, 'refused')

  // The API comes back, with a pod more: never is there a moment without the first.
  second.builder.subscribe(mesh => {
    if (!mesh.endpoints.get(reviews)?.some(e => e.address === '10.1.0.2')) emptied = true
  })
  await api.startApi()
  const q = pod('reviews-v2-abc-y', 'reviews', '10.1.0.3', 'n1', 'v2')
  await put(q)
  await client.apply([slice('reviews', [p, q])])
  await until('the new pod', () => addresses(second.builder)?.join() === '10.1.0.2,10.1.0.3')
  assert.equal(emptied, false)

  const file = join(stateDirectory, 'ack-shanghai.json')
  await until('written down', async () => (await readFile(file, 'utf8')).includes('10.1.0.3'))
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  await second.member.leave()
  second.builder.flush()
  assert.equal(second.builder.mesh.services.size, 0)
  await assert.rejects(stat(file), { code: 'ENOENT' })
  await second.own.close()
})

const crds = [
  ['networking.istio.io', 'v1', 'Gateway', 'gateways'],
  ['networking.istio.io', 'v1', 'VirtualService', 'virtualservices'],
  ['networking.istio.io', 'v1', 'DestinationRule', 'destinationrules'],
  ['networking.istio.io', 'v1', 'ServiceEntry', 'serviceentries'],
  ['networking.istio.io', 'v1', 'WorkloadEntry', 'workloadentries'],
  ['networking.istio.io', 'v1', 'Sidecar', 'sidecars'],
].map(([group, version, kind, plural]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind, plural },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}))

test("the mesh's own API: its rules, and only those secrets that a gateway names", async () => {
  await client.apply(crds)
  await client.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } }])
  const secret = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'istio-system' },
    stringData: { 'tls.crt': 'C', 'tls.key': 'K' },
  })
  await client.apply([secret('bookinfo-cert'), secret('other')])
  await client.apply([rule('DestinationRule', 'reviews', { host: 'reviews' })])

  const builder = new MeshBuilder()
  // RegionalTrafficPolicy is not served here: that must not keep the rest away.
  const config = await meshConfigSource({ ...running, client, builder, stateDirectory })
  await config.ready
  builder.flush()
  assert.deepEqual(
    builder.mesh.destinationRules.map(d => d.host),
    [reviews],
  )
  assert.equal(builder.mesh.credentials.size, 0)

  await client.apply([
    rule('Gateway', 'g', {
      servers: [
        {
          port: { number: 443, name: 'https', protocol: 'HTTPS' },
          hosts: ['*'],
          tls: { mode: 'SIMPLE', credentialName: 'bookinfo-cert' },
        },
      ],
    }),
  ])
  await until('the credential', () => builder.mesh.credentials.size > 0)
  assert.deepEqual([...builder.mesh.credentials], [['istio-system/bookinfo-cert', { key: 'K', certificate: 'C' }]])
  const written = () => readFile(join(stateDirectory, 'mesh.json'), 'utf8').catch(() => '')
  await until('written down', async () => (await written()).includes('bookinfo-cert'))
  assert.ok(!(await written()).includes('"other"'), 'a secret that nobody names is not written down')
  await client.delete(kinds.DestinationRule, { name: 'reviews', namespace: 'default' })
  await until('the rule is gone', () => builder.mesh.destinationRules.length === 0)
  await config.stop()
})
