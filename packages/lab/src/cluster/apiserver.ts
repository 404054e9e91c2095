import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '@isthmus/control-plane/runtime/index.ts'
import { silentLog } from '@isthmus/control-plane/runtime/index.ts'
import { IsthmusError } from '@isthmus/errors'
import { kubeBinary } from '../binaries.ts'
import { type Daemon, type DaemonSpec, inNetns, keepDaemon, startDaemon } from './daemon.ts'
import { kubeconfig } from './kubeconfig.ts'
import { type CertificateAuthority, createCertificateAuthority, createServiceAccountKey } from './pki.ts'

/** What an API server of the lab needs to know. */
export interface ApiServerSpec {
  /** Names its certificates, kubeconfigs and logs: `cloud`, `mesh`, `ack-hangzhou`. */
  readonly name: string
  /** Name of the network namespace (`ip netns`) to run in; absent: the caller's own. */
  readonly netns?: string
  /** IPv4 address others reach it at. */
  readonly address: string
  readonly port: number
  /** A folder of its own on tmpfs: state, keys, logs. Made when missing. */
  readonly dir: string
  /** Further names and addresses for its certificate. 127.0.0.1, `address` and the in-cluster names are in it. */
  readonly sans?: readonly string[]
  /** Default 10.96.0.0/16. */
  readonly serviceCidr?: string
  /** etcd's client port on loopback; its peer port is one above. Default 2379: two in one namespace need two. */
  readonly etcdPort?: number
  /**
   * The controllers that run with it, by kube-controller-manager's names; `*` is all of them. Default: `namespace`, so
   * that a deleted namespace goes.
   */
  readonly controllers?: readonly string[]
  /** Further arguments of the controllers. */
  readonly controllerArgs?: readonly string[]
  /** Milliseconds until `ready()` gives up. Default 120000. */
  readonly readyTimeoutMs?: number
  readonly log?: Log
}

/** A running etcd and kube-apiserver. */
export interface ApiServer {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly dir: string
  /** `https://ADDRESS:PORT`, as other machines of the lab reach it. */
  readonly url: string
  readonly caPem: string
  readonly authority: CertificateAuthority
  /** A kubeconfig of group system:masters for whoever reaches the server at this URL. */
  adminKubeconfig(server: string): string
  /** A kubeconfig with a new client certificate; `server` defaults to `url`. */
  clientKubeconfig(user: string, groups?: readonly string[], server?: string): Promise<string>
  /** Resolves when it answers /readyz; throws ISM1302 with the log's name when it ends or takes too long. */
  ready(): Promise<void>
  /** Ends kube-apiserver at once and keeps etcd: what its clients see when a cluster's API is away. */
  pause(): Promise<void>
  /** Starts kube-apiserver again after `pause()`. */
  resume(): Promise<void>
  stop(): Promise<void>
}

/** Starts etcd and kube-apiserver; await `ready()` before use. Data lives on tmpfs and is not synced. */
export async function startApiServer(spec: ApiServerSpec): Promise<ApiServer> {
  const { name, netns, address, port, dir, log = silentLog } = spec
  const serviceCidr = spec.serviceCidr ?? '10.96.0.0/16'
  const etcdPort = spec.etcdPort ?? 2379
  const binary = kubeBinary()
  const pki = join(dir, 'pki')
  mkdirSync(pki, { recursive: true, mode: 0o700 })

  const [authority, serviceAccountKey] = await Promise.all([
    createCertificateAuthority(`${name}-ca`),
    createServiceAccountKey(),
  ])
  const names = ['127.0.0.1', address, nthAddress(serviceCidr, 1), ...inClusterNames, name, ...(spec.sans ?? [])]
  const [serving, admin, toKubelet] = await Promise.all([
    authority.server('kube-apiserver', names),
    authority.client({ user: 'admin', groups: ['system:masters'] }),
    authority.client({ user: 'kube-apiserver-kubelet-client', groups: ['system:masters'] }),
  ])
  const files = {
    'ca.crt': authority.certPem,
    'apiserver.crt': serving.certPem,
    'apiserver.key': serving.keyPem,
    'kubelet-client.crt': toKubelet.certPem,
    'kubelet-client.key': toKubelet.keyPem,
    'sa.pub': serviceAccountKey.publicPem,
    'sa.key': serviceAccountKey.privatePem,
  }
  for (const [file, text] of Object.entries(files)) writeFileSync(join(pki, file), text, { mode: 0o600 })

  const program = (name: string, args: readonly string[], gogc: string): DaemonSpec => ({
    name,
    command: binary,
    args: [name, ...args],
    env: { GOGC: gogc },
    netns,
    logFile: join(dir, 'logs', `${name}.log`),
  })
  const startKubeApiserver = () =>
    startDaemon(program('kube-apiserver', apiserverArgs({ pki, address, port, serviceCidr, etcdPort }), '75'))
  const local = `https://127.0.0.1:${port}`
  const manager = await authority.client({ user: 'system:kube-controller-manager', groups: ['system:masters'] })
  const managerFile = join(dir, 'controllers.kubeconfig')
  writeFileSync(managerFile, kubeconfig({ name, server: local, caPem: authority.certPem, client: manager }), {
    mode: 0o600,
  })
  const etcd = startDaemon(program('etcd', etcdArgs(join(dir, 'etcd'), etcdPort), '75'))
  let apiserver = startKubeApiserver()
  // They wait for the API server themselves, so they start along with it.
  const controllerArgs = [
    `--kubeconfig=${managerFile}`,
    `--root-ca-file=${pki}/ca.crt`,
    `--controllers=${(spec.controllers ?? ['namespace']).join(',')}`,
    ...(spec.controllerArgs ?? []),
  ]
  const startControllers = () => keepDaemon(program('controllers', controllerArgs, '50'))
  let controllers = startControllers()
  log.info({ name, netns, url: `https://${address}:${port}` }, 'API server starting')

  const url = `https://${address}:${port}`
  const ready = async (): Promise<void> => {
    const why = await waitReady(spec, join(pki, 'ca.crt'), [etcd, apiserver])
    if (why === '') return log.info({ name }, 'API server ready')
    const culprit = etcd.running ? apiserver : etcd
    throw new IsthmusError('ISM1302', `${name}: ${why}; see ${culprit.logFile}\n${culprit.tail(5)}`)
  }
  return {
    name,
    address,
    port,
    dir,
    url,
    caPem: authority.certPem,
    authority,
    adminKubeconfig: server => kubeconfig({ name, server, caPem: authority.certPem, client: admin }),
    clientKubeconfig: async (user, groups, server = url) =>
      kubeconfig({ name, server, caPem: authority.certPem, client: await authority.client({ user, groups }) }),
    ready,
    // With open watches it would ignore SIGTERM for a minute; nothing it holds needs saving.
    // The controllers go with it, as kube-controller-manager ends when it cannot renew its lease: started again, they give
    // every node its grace anew. Going on, they would take the silence of the outage for the death of all nodes.
    async pause() {
      await Promise.all([apiserver.stop(0), controllers.stop(0)])
    },
    async resume() {
      if (apiserver.running) return
      apiserver = startKubeApiserver()
      await ready()
      controllers = startControllers()
    },
    async stop() {
      await controllers.stop(0)
      await apiserver.stop(0)
      await etcd.stop(0)
    },
  }
}

const inClusterNames = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
]

function etcdArgs(data: string, port: number): string[] {
  const client = `http://127.0.0.1:${port}`
  const peer = `http://127.0.0.1:${port + 1}`
  return [
    '--name=default',
    `--data-dir=${data}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
    '--snapshot-count=5000',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ]
}

interface ApiserverFlags {
  readonly pki: string
  readonly address: string
  readonly port: number
  readonly serviceCidr: string
  readonly etcdPort: number
}

function apiserverArgs({ pki, address, port, serviceCidr, etcdPort }: ApiserverFlags): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=0.0.0.0',
    `--advertise-address=${address}`,
    `--secure-port=${port}`,
    `--tls-cert-file=${pki}/apiserver.crt`,
    `--tls-private-key-file=${pki}/apiserver.key`,
    `--client-ca-file=${pki}/ca.crt`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    `--kubelet-client-certificate=${pki}/kubelet-client.crt`,
    `--kubelet-client-key=${pki}/kubelet-client.key`,
    '--kubelet-preferred-address-types=InternalIP',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${pki}/sa.pub`,
    `--service-account-signing-key-file=${pki}/sa.key`,
    `--service-cluster-ip-range=${serviceCidr}`,
    '--allow-privileged=true',
    '--profiling=false',
    // Pods of a dead node leave it within a coffee break rather than five minutes.
    '--default-not-ready-toleration-seconds=60',
    '--default-unreachable-toleration-seconds=60',
  ]
}

/** The nth address of an IPv4 range: 1 of 172.16.0.0/16 is 172.16.0.1. */
export function nthAddress(cidr: string, n: number): string {
  const octets = cidr.split('/')[0]!.split('.').map(Number)
  const value = octets.reduce((sum, octet) => sum * 256 + octet, 0) + n
  return [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.')
}

/** Empty when ready, else why not. */
async function waitReady(spec: ApiServerSpec, caFile: string, daemons: readonly Daemon[]): Promise<string> {
  const timeoutMs = spec.readyTimeoutMs ?? 120_000
  const script = join(import.meta.dirname, 'probe.ts')
  const argv = inNetns(spec.netns, [process.execPath, script, String(spec.port), caFile, String(timeoutMs)])
  const probe = spawn(argv[0]!, argv.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  probe.stderr.on('data', chunk => {
    said += chunk
  })
  const ended = daemons.map(daemon => daemon.exited.then(code => `${daemon.name} ended with code ${code}`))
  const asked = new Promise<string>(resolve => {
    probe.once('error', error => resolve(error.message))
    probe.once('close', code => resolve(code === 0 ? '' : said.trim() || `probe ended with code ${code}`))
  })
  const why = await Promise.race([asked, ...ended])
  probe.kill('SIGKILL')
  return why
}
