import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '@isthmus/control-plane/runtime/index.ts'
import { kubeBinary } from '../binaries.ts'
import { run } from '../cri/run.ts'
import { type Prepared, preparePrograms } from '../programs/prepare.ts'
import { type ApiServer, nthAddress, startApiServer } from './apiserver.ts'
import { coreDnsManifest } from './coredns.ts'
import { type Daemon, inNetns, keepDaemon } from './daemon.ts'

/** What a lab cluster needs to know. */
export interface ClusterSpec {
  readonly name: string
  readonly region: string
  /** Name of the network namespace of its control plane; absent: the caller's own. */
  readonly apiNetns?: string
  /** The API server's address in its VPC. */
  readonly apiAddress: string
  /** Default 6443. */
  readonly port?: number
  /** Range of all pod addresses: the pod CIDR with flannel, the vSwitch's range with terway. */
  readonly podCidr: string
  readonly serviceCidr: string
  readonly networkPlugin?: 'flannel' | 'terway'
  /** A folder of its own on tmpfs. */
  readonly dir: string
  readonly sans?: readonly string[]
  /** How long a node may be silent before it counts as dead, in seconds. Default 8 (upstream 50). */
  readonly nodeGraceSeconds?: number
  readonly log?: Log
}

/** What a Node object begins with; the kubelet adds the rest. */
export interface NodeRegistration {
  readonly name: string
  readonly podBlock: string
  readonly region: string
  readonly zone: string
  /** Whether the kernel lets the lab hold containers to their memory limits; the node says so either way. */
  readonly memoryLimits: boolean
}

/** A running lab cluster without its nodes; see ../node for those. */
export interface Cluster {
  readonly name: string
  readonly region: string
  readonly dir: string
  readonly podCidr: string
  readonly serviceCidr: string
  /** Address of the service kube-dns: the tenth of the service range. */
  readonly dnsAddress: string
  readonly api: ApiServer
  /** File of the kubelet's api.proto. */
  readonly criProto: string
  /** The lab's own programs, ready to run in containers. */
  readonly programs: Prepared & { readonly folder: string }
  /** Runs kubectl as administrator next to the API server; gives its output. Throws ISM1307. */
  kubectl(args: readonly string[], input?: string): Promise<string>
  registerNode(node: NodeRegistration): Promise<void>
  /** Empty when the node is Ready, else what it says of itself after `timeoutMs`. */
  waitNode(name: string, timeoutMs: number): Promise<string>
  removeNode(name: string): Promise<void>
  stop(): Promise<void>
}

/** Starts a cluster's control plane and CoreDNS. Resolves when the API server is ready; pods wait for nodes. */
export async function startCluster(spec: ClusterSpec): Promise<Cluster> {
  const { name, dir, apiNetns, apiAddress, podCidr, serviceCidr } = spec
  const port = spec.port ?? 6443
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const criProto = join(dir, 'api.proto')
  const folder = join(dir, 'programs')
  const [api, prepared] = await Promise.all([
    startApiServer({
      name,
      netns: apiNetns,
      address: apiAddress,
      port,
      dir: join(dir, 'control-plane'),
      sans: spec.sans,
      serviceCidr,
      controllers: ['*'],
      controllerArgs: [`--node-monitor-grace-period=${spec.nodeGraceSeconds ?? 8}s`],
      log: spec.log,
    }),
    preparePrograms(folder, '/isthmus/bin/node'),
    run([kubeBinary(), 'cri-proto']).then(text => writeFileSync(criProto, text)),
  ])
  const local = `https://127.0.0.1:${port}`
  const scheduler = await startScheduler(spec, api, local)
  const admin = join(dir, 'admin.kubeconfig')
  writeFileSync(admin, api.adminKubeconfig(local), { mode: 0o600 })
  const kubectl = (args: readonly string[], input?: string) =>
    run(inNetns(apiNetns, [kubeBinary(), 'kubectl', '--kubeconfig', admin, ...args]), input)

  await api.ready()
  const dnsAddress = nthAddress(serviceCidr, 10)
  await kubectl(['apply', '-f', '-'], coreDnsManifest(dnsAddress))
  return {
    name,
    region: spec.region,
    dir,
    podCidr,
    serviceCidr,
    dnsAddress,
    api,
    criProto,
    programs: { ...prepared, folder },
    kubectl,
    async registerNode(node) {
      await kubectl(['apply', '-f', '-'], JSON.stringify(nodeObject(node)))
    },
    async waitNode(node, timeoutMs) {
      const wait = ['wait', '--for=condition=Ready', `node/${node}`, `--timeout=${Math.ceil(timeoutMs / 1000)}s`]
      try {
        await kubectl(wait)
        return ''
      } catch {
        const path = 'jsonpath={.status.conditions[?(@.type=="Ready")].message}'
        return (await kubectl(['get', 'node', node, '-o', path]).catch(String)) || 'it never reported'
      }
    },
    async removeNode(node) {
      await kubectl(['delete', 'node', node, '--ignore-not-found'])
    },
    async stop() {
      await scheduler.stop(0)
      await api.stop()
    },
  }
}

/** It waits for the API server itself, so it starts along with it. */
async function startScheduler(spec: ClusterSpec, api: ApiServer, local: string): Promise<Daemon> {
  const file = join(api.dir, 'scheduler.kubeconfig')
  writeFileSync(file, await api.clientKubeconfig('system:kube-scheduler', [], local), { mode: 0o600 })
  return keepDaemon({
    name: 'kube-scheduler',
    netns: spec.apiNetns,
    command: kubeBinary(),
    args: [
      'kube-scheduler',
      `--kubeconfig=${file}`,
      '--leader-elect=false',
      '--authentication-kubeconfig=',
      '--authorization-kubeconfig=',
      '--secure-port=0',
    ],
    env: { GOGC: '50' },
    logFile: join(api.dir, 'logs', 'kube-scheduler.log'),
  })
}

function nodeObject({ name, podBlock, region, zone, memoryLimits }: NodeRegistration): object {
  const limits = memoryLimits
    ? 'enforced'
    : 'not enforced: this machine does not delegate cgroup v2 memory control to the lab'
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'topology.kubernetes.io/region': region,
        'topology.kubernetes.io/zone': zone,
      },
      annotations: { 'isthmus.dev/memory-limits': limits },
    },
    spec: { podCIDR: podBlock, podCIDRs: [podBlock] },
  }
}
