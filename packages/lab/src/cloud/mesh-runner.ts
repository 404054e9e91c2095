import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KubeClient, parseKubeconfig } from '@isthmus/kubernetes'
import { nodeArguments } from '../../../../bin/launch.mjs'
import { inNetns } from '../cluster/daemon.ts'
import { type ApiServer, startApiServer } from '../cluster/index.ts'
import { cacheDirectory, projectRoot } from '../sandbox/paths.ts'
import { dialTarget } from '../sandbox/relay.ts'
import type { Folders, Host } from '../world/host.ts'
import type { Context } from '../world/kubeconfig.ts'
import { patiently } from '../world/patiently.ts'
import type { MeshPlan } from './plan.ts'
import type { MeshState } from './state.ts'

const ports = { api: 6443, discovery: 15012, control: 15014, webhook: 15017 }

/** A mesh instance: its API server, and the control plane in its namespace, started again whenever it ends. */
export class MeshRunner {
  readonly plan: MeshPlan
  state: MeshState
  context?: Context
  server?: ApiServer
  readonly #folders: Folders
  readonly #host: Host
  readonly #inventory: Promise<string>
  readonly #changed: () => void
  #control?: ChildProcess
  #stopped = false
  /** True: it is not started again when it ends. */
  #held = false
  #launch?: () => void

  /** @param inventory kubeconfig (text) of the cloud's API, which tells the control plane what the network is. */
  constructor(plan: MeshPlan, folders: Folders, host: Host, inventory: Promise<string>, changed: () => void) {
    this.plan = plan
    this.#folders = folders
    this.#host = host
    this.#inventory = inventory
    this.#changed = changed
    this.state = {
      phase: 'Starting',
      message: 'API server starting',
      privateEndpoint: `https://${plan.address}:${ports.api}`,
      discovery: `${plan.address}:${ports.discovery}`,
      restarts: 0,
    }
  }

  start(): void {
    this.#start().catch((error: Error) => {
      if (!this.#stopped) this.#say({ phase: 'Failed', message: error.message })
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#control?.kill('SIGKILL')
    await this.server?.stop()
    await Promise.all([this.#host.close(`api/${this.plan.name}`), this.#host.close(`control/${this.plan.name}`)])
  }

  /** Kills the control plane as a crash would. It comes back after a second, or stays down until it is started. */
  killControlPlane(stay: boolean): void {
    this.#held = stay
    this.#control?.kill('SIGKILL')
  }

  startControlPlane(): void {
    this.#held = false
    this.#launch?.()
  }

  async #start(): Promise<void> {
    const { name, namespace, address } = this.plan
    const dir = join(this.#folders.inside, name)
    this.server = await startApiServer({
      name,
      netns: namespace,
      address,
      port: ports.api,
      dir,
      readyTimeoutMs: 600_000,
    })
    await this.server.ready()
    const targets = () => [{ host: address, port: ports.api }]
    const [{ port }, { port: controlPort }] = await Promise.all([
      this.#host.open({ forward: `api/${name}`, address: '127.0.0.1', ports: [16444, 0], targets }),
      this.#host.open({
        ...{ forward: `control/${name}`, address: '127.0.0.1', ports: [15014, 0] },
        // The socket is on the sandbox's own tmpfs: plain text never leaves this machine.
        targets: () => [{ path: controlSocket(dir) }],
      }),
    ])
    const api = `http://127.0.0.1:${controlPort}`
    const publicEndpoint = `https://127.0.0.1:${port}`
    const kubeconfig = this.server.adminKubeconfig(publicEndpoint)
    const extensions = { 'isthmus.dev/api': { server: api } }
    this.context = { name, kubeconfig, privateServer: this.server.url, extensions }
    this.#say({ phase: 'Running', message: 'API server ready; installing kinds', publicEndpoint, api })
    this.#host.progress(`${name}: API server ready at ${publicEndpoint}`)
    const client = new KubeClient(parseKubeconfig(this.server.adminKubeconfig(this.server.url)).access(), {
      timeoutMs: 60_000,
    })
    const say = (reason: string) => this.#say({ message: `installing kinds: ${reason}` })
    await patiently(
      () => installKinds(client),
      say,
      () => this.#stopped,
    )
    await client.close()
    await this.#runControlPlane(dir)
  }

  async #runControlPlane(dir: string): Promise<void> {
    const { name, namespace, address } = this.plan
    const [mesh, cloud] = [join(dir, 'mesh.kubeconfig'), join(dir, 'cloud.kubeconfig')]
    mkdirSync(join(dir, 'state'), { recursive: true })
    await writeFile(mesh, await this.server!.clientKubeconfig('isthmus-control-plane', ['system:masters']), {
      mode: 0o600,
    })
    await writeFile(cloud, await this.#inventory, { mode: 0o600 })
    const argv = inNetns(namespace, [
      ...[process.execPath, ...nodeArguments('serve')],
      ...['serve', '--kubeconfig', mesh, '--inventory-kubeconfig', cloud],
      ...['--xds-address', `0.0.0.0:${ports.discovery}`, '--advertise', address],
      ...['--webhook-address', `0.0.0.0:${ports.webhook}`, '--api-address', `0.0.0.0:${ports.control}`],
      ...['--api-socket', controlSocket(dir), '--name', name, '--lab'],
      ...['--state-dir', join(dir, 'state'), '--redirect', await redirection()],
    ])
    const start = () => {
      if (this.#stopped || this.#held || this.#control) return
      const log = openSync(join(this.#folders.lab, 'logs', 'control-plane.log'), 'a', 0o644)
      const child = spawn(argv[0]!, argv.slice(1), { stdio: ['ignore', log, log] })
      closeSync(log)
      this.#control = child
      this.#say({ phase: 'Running', message: 'the control plane is starting' })
      this.#whenItAnswers(child, dir)
      const ended = (how: string) => {
        this.#control = undefined
        if (this.#stopped) return
        this.#say({
          phase: 'Running',
          message: `the control plane ended (${how}); starting it again`,
          restarts: this.state.restarts + 1,
        })
        setTimeout(start, 1000)
      }
      child.once('error', error => ended(error.message))
      child.once('exit', (code, signal) => ended(signal ?? `code ${code}`))
    }
    this.#launch = start
    start()
  }

  /** Proxies are served when both its doors accept. */
  async #whenItAnswers(child: ChildProcess, dir: string): Promise<void> {
    const discovery = { host: this.plan.address, port: ports.discovery }
    for (const target of [discovery, { path: controlSocket(dir) }])
      for (;;) {
        const socket = await dialTarget(target)
        if (this.#control !== child) return void socket?.destroy()
        socket?.destroy()
        if (socket) break
        await new Promise(resolve => setTimeout(resolve, 50))
      }
    if (this.state.phase !== 'Ready') this.#host.progress(`${this.plan.name}: control plane answers`)
    this.#say({ phase: 'Ready', message: 'its API and its control plane answer' })
  }

  #say(change: Partial<MeshState>) {
    this.state = { ...this.state, ...change }
    this.#changed()
  }
}

const controlSocket = (dir: string): string => join(dir, 'control.sock')

/** Sidecars run as a user of their own, or, where the sandbox has root only, mark their packets. */
async function redirection(): Promise<'uid' | 'mark'> {
  const map = (await readFile('/proc/self/uid_map', 'utf8')).trim().split('\n')
  const ids = map.reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[2]), 0)
  return ids > 1337 ? 'uid' : 'mark'
}

/** The root namespace; Istio's and the Gateway API's kinds from where set-up put them, our own, and what the mesh API holds from the start. */
async function installKinds(client: KubeClient): Promise<void> {
  const cached = ['istio.yaml', 'gateway-api.yaml'].map(file => join(cacheDirectory(), 'crds', file))
  const crds = await Promise.all(
    [...cached, ...(await manifests('crds'))].map(file => readFile(file, 'utf8').catch(missing)),
  )
  const rest = await Promise.all((await manifests('mesh-api')).map(file => readFile(file, 'utf8')))
  await Promise.all([...crds.filter(Boolean).map(text => client.apply(text)), client.apply(rest.join('\n---\n'))])
}

async function manifests(folder: string): Promise<string[]> {
  const path = join(projectRoot, 'deploy', folder)
  return (await readdir(path)).filter(file => file.endsWith('.yaml')).map(file => join(path, file))
}

function missing(error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT') throw error
  return ''
}
