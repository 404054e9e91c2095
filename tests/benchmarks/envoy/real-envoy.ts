import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bootstrap } from '@isthmus/control-plane/bootstrap/index.ts'
import type { Redirect } from '@isthmus/control-plane/model/index.ts'
import { envoyBinary } from '@isthmus/lab/binaries.ts'
import { onEnd } from '../on-end.ts'
import { cpuSecondsOf, residentMebibytesOf } from '../xds/process.ts'
import { localities, namespaceOf } from '../xds/workload.ts'
import { Relay } from './relay.ts'

/** Health and metrics: in every bootstrap. */
const staticListeners = 2

export interface ProxyOptions {
  readonly xdsPort: number
  readonly redirect: Redirect
  /** Envoy's worker threads. */
  readonly concurrency: number
}

/**
 * A real Envoy with the bootstrap that injected sidecars get, in a network namespace of its own: its ports are nobody
 * else's, and nothing leaves it. It reaches the control plane, and is asked, through unix sockets.
 */
export class RealEnvoy {
  readonly #folder: string
  readonly #relay: Relay
  readonly #child: ChildProcess
  readonly #forget = onEnd(() => this.#end())
  #words = ''

  private constructor(folder: string, relay: Relay, child: ChildProcess) {
    this.#folder = folder
    this.#relay = relay
    this.#child = child
    child.stderr?.on('data', piece => {
      this.#words = (this.#words + piece).slice(-4_000)
    })
  }

  static async start(options: ProxyOptions): Promise<RealEnvoy> {
    const folder = mkdtempSync(join(tmpdir(), 'isthmus-envoy-'))
    const relay = new Relay(options.xdsPort)
    await relay.listen(join(folder, 'xds'))
    const config = join(folder, 'envoy.json')
    writeFileSync(config, JSON.stringify(bootstrapIn(folder, options)))
    const envoy = [
      ...[envoyBinary(), '-c', config, '--concurrency', String(options.concurrency)],
      ...['--disable-hot-restart', '-l', 'warn'],
    ]
    const inside = ['-rn', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...envoy]
    const child = spawn('unshare', inside, { stdio: ['ignore', 'ignore', 'pipe'] })
    return new RealEnvoy(folder, relay, child)
  }

  get cpuSeconds(): number {
    return cpuSecondsOf(this.#child.pid!)
  }

  get residentMebibytes(): number {
    return residentMebibytesOf(this.#child.pid!)
  }

  /** Resolves when a text was sent to it; rejects after a minute. */
  sent(marker: string): Promise<void> {
    return this.#relay.passed(marker)
  }

  /** Resolves when it has at least so many of each, and waits for nothing. Rejects after a minute, with its words. */
  async has(clusters: number, listeners: number): Promise<void> {
    for (let i = 0; i < 240; i++) {
      if (this.#child.exitCode !== null) throw new Error(`Envoy ended: ${this.#words}`)
      const stats = await this.stats().catch(() => new Map<string, number>())
      const waiting =
        (stats.get('cluster_manager.warming_clusters') ?? 1) +
        (stats.get('listener_manager.total_listeners_warming') ?? 1)
      const [active, listening] = ['cluster_manager.active_clusters', 'listener_manager.total_listeners_active'].map(
        name => stats.get(name) ?? 0,
      ) as [number, number]
      if (waiting === 0 && active >= clusters && listening >= listeners + staticListeners) return
      await sleep(250)
    }
    throw new Error(`Envoy did not get its configuration: ${this.#words}`)
  }

  /** Its counters and gauges by name. */
  async stats(): Promise<ReadonlyMap<string, number>> {
    const lines = (await this.ask('/stats')).split('\n').map(line => line.split(': '))
    return new Map(lines.filter(l => l.length === 2).map(([name, value]) => [name!, Number(value)]))
  }

  /** MiB that its allocator has handed out. */
  async allocatedMebibytes(): Promise<number> {
    const { allocated } = JSON.parse(await this.ask('/memory')) as { allocated: string }
    return Math.round(Number(allocated) / 2 ** 20)
  }

  /** A path of its admin interface. */
  ask(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: join(this.#folder, 'admin'), path }, answer => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', piece => {
          text += piece
        })
        answer.on('end', () => resolve(text))
      })
      asked.on('error', reject)
      asked.end()
    })
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      const ended = new Promise(resolve => this.#child.once('exit', resolve))
      this.#end()
      await ended
    }
    this.#relay.close()
    this.#end()
    this.#forget()
  }

  #end(): void {
    this.#child.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function bootstrapIn(folder: string, { redirect }: ProxyOptions) {
  const [region, zone, sub_zone] = localities[0].split('/')
  const made = bootstrap({
    ...{ kind: 'sidecar', cluster: 'benchmark', namespace: namespaceOf(0), pod: 'envoy', ip: '127.0.0.1', labels: {} },
    ...{ workload: 'envoy', serviceAccount: 'default', network: '', domain: 'cluster.local', redirect },
    ...{ xdsAddress: '127.0.0.1:15010', tls: false, tcpProbes: [] },
  })
  const pipe = (name: string) => ({ pipe: { path: join(folder, name) } })
  const reached = { endpoints: [{ lb_endpoints: [{ endpoint: { address: pipe('xds') } }] }] }
  const clusters = made.static_resources.clusters.map(cluster => {
    if (cluster.name !== 'xds-grpc') return cluster
    // Not for a unix socket.
    const { upstream_connection_options: _, ...rest } = cluster as typeof cluster & {
      upstream_connection_options?: unknown
    }
    return { ...rest, load_assignment: { cluster_name: 'xds-grpc', ...reached } }
  })
  return {
    ...made,
    node: { ...made.node, locality: { region, zone, sub_zone } },
    admin: { address: pipe('admin') },
    static_resources: { ...made.static_resources, clusters },
  }
}
