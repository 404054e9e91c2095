import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type AnyObject, type Condition, KubeClient, kinds, loadKubeconfig } from '@isthmus/kubernetes'
import { connectLab, type Lab, startLab } from '@isthmus/lab'
import { processesIn, until, userNamespace } from './leftovers.ts'

/* The default world with all its parts, changed by its resources as people change it. */

const directory = mkdtempSync(join(tmpdir(), 'isthmus-world-'))
let lab: Lab
let cloud: KubeClient
let hangzhou: KubeClient

before(async () => {
  lab = await startLab({ dir: directory, attached: true })
  const config = loadKubeconfig([lab.kubeconfigPath])
  cloud = new KubeClient(config.access('cloud'))
  hangzhou = new KubeClient(config.access('ack-hangzhou'))
})
after(async () => {
  await Promise.all([cloud?.close(), hangzhou?.close()])
  await lab?.down()
  rmSync(directory, { recursive: true, force: true })
})

const apiVersion = 'cloud.isthmus.dev/v1alpha1'
const get = (kind: string, name: string) => cloud.find<AnyObject>({ apiVersion, kind }, { name })
const patch = (kind: string, name: string, spec: object) => cloud.patch({ apiVersion, kind }, { name }, { spec })
const condition = (object: AnyObject | undefined, type = 'Ready'): Condition | undefined =>
  object?.status?.conditions?.find(
    (c: Condition) => c.type === type && c.observedGeneration === object.metadata.generation,
  )
const isReady = async (kind: string, name: string) => condition(await get(kind, name))?.status === 'True'

const echo = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'echo', namespace: 'default' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'echo' } },
    template: {
      metadata: { labels: { app: 'echo' } },
      spec: { containers: [{ name: 'echo', image: 'isthmus/http-echo' }] },
    },
  },
}
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'echo', namespace: 'default' },
  spec: {
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    selector: { app: 'echo' },
    ports: [{ port: 18080, targetPort: 8080 }],
  },
}

test('every resource of the world is in force, and a second lab in the same folder is refused', async () => {
  await until('all is ready', async () => (await lab.status()).resources.every(r => r.ready))
  await assert.rejects(startLab({ dir: directory, attached: true }), { code: 'ISM1105' })
  const again = await connectLab(directory)
  await until('the world is ready', async () => (await again!.status()).ready)
  // Each label makes it look again whether all is as it should be: nobody is told "not ready" for that.
  for (let look = 0; look < 40; look++) {
    await cloud.patch(
      { apiVersion, kind: 'VPC' },
      { name: 'vpc-hangzhou' },
      { metadata: { labels: { look: `${look}` } } },
    )
    assert.equal((await again!.status()).ready, true, `look ${look}`)
  }
})

test('the kubeconfig has a context for each API, with its address inside', () => {
  const config = loadKubeconfig([lab.kubeconfigPath])
  assert.deepEqual(config.contexts.toSorted(), ['ack-hangzhou', 'ack-shanghai', 'cloud', 'mesh'])
  assert.equal(config.privateServer('ack-shanghai'), 'https://21.0.0.2:6443')
  assert.match(
    (config.extension('isthmus.dev/api', 'mesh') as { server: string }).server,
    /^http:\/\/127\.0\.0\.1:\d+$/,
  )
})

test('nodes carry their region and zone', async () => {
  const nodes = await hangzhou.list(kinds.Node)
  assert.equal(nodes.length, 2)
  for (const { metadata } of nodes) {
    assert.equal(metadata.labels?.['topology.kubernetes.io/region'], 'cn-hangzhou')
    assert.equal(metadata.labels?.['topology.kubernetes.io/zone'], 'cn-hangzhou-i')
  }
})

test('a LoadBalancer service is reached from this machine while its pod is there, and not after', async () => {
  await hangzhou.apply([echo, service])
  let url = ''
  await until('it has an address', async () => {
    const { status } = await hangzhou.get<AnyObject>(kinds.Service, service.metadata)
    const ingress = status?.loadBalancer?.ingress?.[0]
    url = ingress ? `http://${ingress.ip}:${ingress.ports[0].port}/` : ''
    return url !== ''
  })
  const answer = () => fetch(url, { signal: AbortSignal.timeout(3000) }).then(r => r.text())
  await until('it answers', () =>
    answer().then(
      text => text.includes('echo-'),
      () => false,
    ),
  )
  await hangzhou.patch(kinds.Deployment, echo.metadata, { spec: { replicas: 0 } })
  await until('it is refused', () =>
    answer().then(
      () => false,
      () => true,
    ),
  )
  await hangzhou.patch(kinds.Deployment, echo.metadata, { spec: { replicas: 1 } })
  await until('it answers again', () =>
    answer().then(
      text => text.includes('echo-'),
      () => false,
    ),
  )
})

test('lab exec runs a command on a node, in a pod’s network and in the mesh’s', async () => {
  assert.match((await lab.exec('ack-hangzhou-1', ['ip', '-br', 'addr'])).stdout, /20\.0\.0\.3/)
  assert.match((await lab.exec('ack-hangzhou/default/echo', ['ip', '-br', 'addr'])).stdout, /10\.0\.[01]\.\d+/)
  assert.equal((await lab.exec('mesh', ['sh', '-c', 'exit 7'])).code, 7)
  await assert.rejects(lab.exec('nobody', ['true']), { code: 'ISM1108' })
})

test('a bandwidth taken from the inter-region connection is gone from the running network', async () => {
  const name = 'hangzhou-shanghai'
  const version = async () => {
    const command = ['curl', '-sk', '-m', '4', '-o', '/dev/null', '-w', '%{http_code}', 'https://21.0.0.2:6443/version']
    return (await lab.exec('mesh', command)).stdout
  }
  assert.equal(await version(), '200')
  await patch('TransitRouterPeerAttachment', name, { bandwidth: null })
  await until('1Kbps', async () => (await get('TransitRouterPeerAttachment', name))!.status.bandwidth === '1Kbps')
  assert.equal(condition(await get('TransitRouterPeerAttachment', name))!.reason, 'NoBandwidthPlan')
  assert.equal(await version(), '000')
  await patch('TransitRouterPeerAttachment', name, { bandwidth: '50Mbps' })
  await until('50Mbps', async () => (await get('TransitRouterPeerAttachment', name))!.status.bandwidth === '50Mbps')
  assert.equal(await version(), '200')
  const carried = async () => (await get('TransitRouterPeerAttachment', name))!.status.traffic?.receivedBitsPerSecond
  await until('what went over it is measured', async () => typeof (await carried()) === 'number')
})

test('a rule added to a security group lets its source in', async () => {
  const ping = async () => (await lab.exec('mesh', ['ping', '-c1', '-W1', '21.0.0.3'])).code === 0
  assert.equal(await ping(), false)
  const group = (await get('SecurityGroup', 'sg-ack-shanghai'))!
  const inbound = [...group.spec.inbound, { protocol: 'ICMP', source: '192.168.0.0/16' }]
  await patch('SecurityGroup', 'sg-ack-shanghai', { inbound })
  await until('the ping passes', ping)
})

test('a cluster grows and shrinks with its node count', async () => {
  await patch('ManagedCluster', 'ack-shanghai', { nodeCount: 3 })
  await until('three nodes', async () => (await get('ManagedCluster', 'ack-shanghai'))!.status.readyNodes === 3)
  await patch('ManagedCluster', 'ack-shanghai', { nodeCount: 2 })
  await until(
    'two nodes',
    async () =>
      (await isReady('ManagedCluster', 'ack-shanghai')) &&
      (await get('ManagedCluster', 'ack-shanghai'))!.status.nodes.length === 2,
  )
  assert.match((await lab.exec('internet', ['ip', 'netns'])).stdout, /ack-shanghai-2/)
  assert.doesNotMatch((await lab.exec('internet', ['ip', 'netns'])).stdout, /ack-shanghai-3/)
})

test('what overlaps is refused with both names and both ranges, and takes nothing down', async () => {
  const metadata = (name: string) => ({ name })
  await cloud.apply([
    {
      apiVersion,
      kind: 'VPC',
      metadata: metadata('vpc-new'),
      spec: { region: 'cn-shanghai', cidrBlock: '10.0.0.0/8' },
    },
    {
      ...{ apiVersion, kind: 'TransitRouterVpcAttachment', metadata: metadata('attach-new') },
      spec: { transitRouter: 'shanghai-router', vpc: 'vpc-new' },
    },
  ] as AnyObject[])
  await until(
    'it is refused',
    async () => condition(await get('TransitRouterVpcAttachment', 'attach-new'))?.reason === 'RangeOverlap',
  )
  const { message } = condition(await get('TransitRouterVpcAttachment', 'attach-new'))!
  for (const part of ['vpc-new', '10.0.0.0/8', 'ack-hangzhou', '10.0.0.0/16'])
    assert.ok(message.includes(part), message)
  assert.equal(await isReady('ManagedCluster', 'ack-hangzhou'), true)
})

test('a VPC that others name is deleted after them', async () => {
  await cloud.delete({ apiVersion, kind: 'VPC' }, { name: 'vpc-new' })
  await until('it says who names it', async () => condition(await get('VPC', 'vpc-new'))?.reason === 'InUse')
  await cloud.delete({ apiVersion, kind: 'TransitRouterVpcAttachment' }, { name: 'attach-new' })
  await until(
    'both are gone',
    async () => !(await get('VPC', 'vpc-new')) && !(await get('TransitRouterVpcAttachment', 'attach-new')),
  )
})

test('a field that may not change is kept by the API itself', async () => {
  await assert.rejects(patch('VPC', 'vpc-hangzhou', { cidrBlock: '30.0.0.0/8' }), /cannot be changed/)
})

test('a cluster that is deleted is taken down with its network', async () => {
  await cloud.delete({ apiVersion, kind: 'ManagedCluster' }, { name: 'ack-shanghai' })
  await until('it is gone', async () => !(await get('ManagedCluster', 'ack-shanghai')))
  assert.doesNotMatch((await lab.exec('internet', ['ip', 'netns'])).stdout, /ack-shanghai/)
  await until('its context is gone', () => !loadKubeconfig([lab.kubeconfigPath]).contexts.includes('ack-shanghai'))
})

test('the whole world has less than 4 GiB', () => {
  const own = processesIn(userNamespace(lab.record.sandboxPid)!)
  const kib = own.map(p => {
    try {
      const rollup = readFileSync(`/proc/${p.split(' ')[0]}/smaps_rollup`, 'utf8')
      return Number(/^Pss:\s+(\d+)/m.exec(rollup)![1])
    } catch {
      return 0
    }
  })
  const mib = kib.reduce((a, b) => a + b, 0) / 1024
  assert.ok(mib < 4096, `${mib.toFixed(0)} MiB`)
})
