import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { IsthmusError } from '@isthmus/errors'
import { envoyBinary, kubeBinary } from '../binaries.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { type Daemon, startDaemon } from '../cluster/daemon.ts'
import type { Settings } from '../cri/settings.ts'
import { readTable } from '../images/index.ts'
import { programs } from '../programs/index.ts'
import { giveBackCgroup, takeCgroup } from './cgroup.ts'
import { kubeletConfig, proxyConfig } from './config.ts'
import { cutNetwork, restoreNetwork } from './power.ts'

/** What a node needs to know. Its network namespace has its address and its routes already. */
export interface NodeSpec {
  readonly name: string
  /** Name of its network namespace (`ip netns`). */
  readonly netns: string
  readonly address: string
  /** The addresses of its pods (CIDR), which the VPC routes to it. */
  readonly podBlock: string
  readonly region: string
  readonly zone: string
  /** Further labels. */
  readonly labels?: Readonly<Record<string, string>>
}

/** A node of a lab cluster. */
export interface LabNode {
  readonly name: string
  readonly cluster: string
  /** Folder of its configuration and logs; its disk is below it. */
  readonly dir: string
  readonly on: boolean
  /** Its first process's keeper (`unshare`): undefined without power. */
  readonly pid: number | undefined
  /** Resolves when the cluster sees it Ready. Throws ISM1303. */
  ready(timeoutMs?: number): Promise<void>
  /** The command line that runs a command on the node, as over ssh. */
  enter(command: readonly string[]): string[]
  /** Everything on it ends at once and its network is cut; the cluster finds out by itself. */
  powerOff(): Promise<void>
  /** Starts it again, with an empty disk: the kubelet makes its pods anew. */
  powerOn(): Promise<void>
  /** Ends it for good and takes its Node object away. */
  stop(): Promise<void>
}

/** Starts a node: it registers itself, with its region and zone as labels. Await `ready()` before relying on it. Throws ISM1305. */
export async function startNode(cluster: Cluster, spec: NodeSpec): Promise<LabNode> {
  // Here a broken table is an error to read; in the runtime it would be a node that never gets Ready.
  readTable(ownImageFiles())
  const cgroup = takeCgroup(spec.name)
  const dir = join(cluster.dir, 'nodes', spec.name)
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(join(dir, 'logs'), { recursive: true, mode: 0o700 })
  await writeConfiguration(cluster, spec, dir, cgroup)
  await cluster.registerNode({ ...spec, memoryLimits: cgroup !== undefined })

  const boot = (): Daemon =>
    startDaemon({
      name: spec.name,
      netns: spec.netns,
      command: 'unshare',
      args: [
        ...['--mount', '--pid', '--fork', '--mount-proc', '--kill-child=SIGKILL', '--'],
        ...['bash', join(import.meta.dirname, 'boot.sh'), dir],
      ],
      logFile: join(dir, 'logs', 'boot.log'),
    })
  await restoreNetwork(spec.netns)
  let machine: Daemon | undefined = boot()
  const off = async () => {
    await machine?.stop(0)
    machine = undefined
  }
  return {
    name: spec.name,
    cluster: cluster.name,
    dir,
    get on() {
      return machine?.running ?? false
    },
    get pid() {
      return machine?.pid
    },
    async ready(timeoutMs = 60_000) {
      const why = await cluster.waitNode(spec.name, timeoutMs)
      if (why === '') return
      const boot = machine?.tail(3) ? `\n${machine.tail(3)}` : ''
      throw new IsthmusError('ISM1303', `${spec.name}: ${why}; see ${join(dir, 'logs', 'kubelet.log')}${boot}`)
    },
    enter(command) {
      if (!machine) throw new IsthmusError('ISM1303', `${spec.name} is without power`)
      const init = readFileSync(`/proc/${machine.pid}/task/${machine.pid}/children`, 'utf8').trim()
      return ['nsenter', `--target=${init}`, '--net', '--mount', '--pid', '--', ...command]
    },
    async powerOff() {
      await cutNetwork(spec.netns)
      await off()
    },
    async powerOn() {
      await restoreNetwork(spec.netns)
      if (!machine?.running) machine = boot()
    },
    async stop() {
      await off()
      if (cgroup) giveBackCgroup(cgroup)
      await cluster.removeNode(spec.name)
    },
  }
}

/** The user's image tables: ISTHMUS_LAB_IMAGES, separated by colons. */
function ownImageFiles(): string[] {
  return (process.env.ISTHMUS_LAB_IMAGES ?? '')
    .split(':')
    .filter(Boolean)
    .map(file => resolve(file))
}

async function writeConfiguration(cluster: Cluster, spec: NodeSpec, dir: string, cgroup?: string): Promise<void> {
  const disk = join(dir, 'disk')
  const config = {
    name: spec.name,
    disk,
    dnsAddress: cluster.dnsAddress,
    podCidr: cluster.podCidr,
    proxyKubeconfig: join(dir, 'kube-proxy.kubeconfig'),
  }
  const [kubelet, proxy] = await Promise.all([
    cluster.api.clientKubeconfig(`system:node:${spec.name}`, ['system:nodes']),
    cluster.api.clientKubeconfig('system:kube-proxy'),
  ])
  const settings: Settings = {
    node: spec.name,
    socket: join(disk, 'cri.sock'),
    state: join(disk, 'cri'),
    lastAddress: join(dir, 'last-address'),
    podBlock: spec.podBlock,
    proto: cluster.criProto,
    base: join(disk, 'base'),
    programs: cluster.programs.folder,
    programArgv: Object.fromEntries(programs.map(program => [program.name, cluster.programs.argv(program)])),
    imageFiles: ownImageFiles(),
    kube: kubeBinary(),
    streamSocket: join(disk, 'stream.sock'),
    streamPort: 10350,
    cgroup,
  }
  const labels = {
    'topology.kubernetes.io/region': spec.region,
    'topology.kubernetes.io/zone': spec.zone,
    ...spec.labels,
  }
  const env = {
    NODE: process.execPath,
    ENVOY: envoyBinary(),
    KUBE: kubeBinary(),
    CRI: join(import.meta.dirname, '..', 'cri', 'main.ts'),
    CRI_FLAGS: '--max-old-space-size=96 --max-semi-space-size=1 --v8-pool-size=1 --disable-warning=ExperimentalWarning',
    NAME: spec.name,
    ADDRESS: spec.address,
    LABELS: Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
  }
  const quoted = Object.entries(env).map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`)
  const files = {
    'kubelet.yaml': kubeletConfig(config),
    'proxy.yaml': proxyConfig(config),
    'kubelet.kubeconfig': kubelet,
    'kube-proxy.kubeconfig': proxy,
    'cri.json': JSON.stringify(settings),
    'boot.env': quoted.join(''),
  }
  for (const [file, text] of Object.entries(files)) writeFileSync(join(dir, file), text, { mode: 0o600 })
}
