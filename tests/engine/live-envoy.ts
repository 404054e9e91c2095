import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bootstrap } from '@isthmus/control-plane/bootstrap/index.ts'
import type { Redirect } from '@isthmus/control-plane/model/index.ts'
import { envoyBinary } from '@isthmus/lab/binaries.ts'

export interface LiveNode {
  readonly kind: 'sidecar' | 'router'
  readonly pod: string
  readonly namespace: string
  readonly redirect: Redirect
  readonly mode: 'delta' | 'sotw'
  readonly labels: Readonly<Record<string, string>>
  readonly locality: { readonly region: string; readonly zone: string }
}

export interface Answer {
  /** 0: no answer. */
  readonly status: number
  readonly text: string
}

/**
 * A real Envoy with the product's own bootstrap, connected to a control plane on loopback. Nothing is redirected to it: a
 * listener of its own takes connections with a PROXY header and hands them to the listener of the address the header says,
 * as redirection would.
 */
export class LiveEnvoy {
  readonly node: LiveNode
  readonly #dir = mkdtempSync(join(tmpdir(), 'isthmus-engine-envoy-'))
  readonly #child: ChildProcess
  #admin = ''
  #entry = 0
  /** What it said, warnings and worse. */
  log = ''

  private constructor(node: LiveNode, xdsPort: number) {
    this.node = node
    const config = join(this.#dir, 'envoy.json')
    writeFileSync(config, JSON.stringify(bootstrapOf(node, xdsPort)))
    // Listeners that were replaced, and their routes, are shown as long as they drain.
    const args = ['-c', config, '--concurrency', '1', '--disable-hot-restart', '-l', 'warning', '--drain-time-s', '1']
    this.#child = spawn(envoyBinary(), [...args, '--admin-address-path', this.#adminFile], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child.stderr?.on('data', piece => {
      this.log += piece
    })
  }

  /** Resolves when its admin interface answers; it may have no configuration yet. */
  static async start(node: LiveNode, xdsPort: number): Promise<LiveEnvoy> {
    const envoy = new LiveEnvoy(node, xdsPort)
    for (let i = 0; i < 600; i++) {
      if (envoy.#child.exitCode !== null) throw new Error(`Envoy ended: ${envoy.log}`)
      if (existsSync(envoy.#adminFile)) {
        envoy.#admin = readFileSync(envoy.#adminFile, 'utf8').trim()
        envoy.#entry = envoy.#admin ? await envoy.#entryPort().catch(() => 0) : 0
        if (envoy.#entry > 0) return envoy
      }
      await sleep(50)
    }
    await envoy.stop()
    throw new Error(`Envoy did not start: ${envoy.log}`)
  }

  get name(): string {
    return `${this.node.pod}.${this.node.namespace}`
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  async stop(): Promise<void> {
    const gone = new Promise(resolve => this.#child.once('exit', resolve))
    if (this.alive && this.#child.kill('SIGKILL')) await gone
    rmSync(this.#dir, { recursive: true, force: true })
  }

  /** The admin interface's answer, as text. */
  admin(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const [host, port] = this.#admin.split(':')
      const asked = request({ host, port, path, agent: false, timeout: 10_000 }, response => {
        const pieces: Buffer[] = []
        response.on('data', piece => pieces.push(piece))
        response.on('end', () => resolve(Buffer.concat(pieces).toString('utf8')))
      })
      asked.on('error', reject)
      asked.end()
    })
  }

  async ready(): Promise<boolean> {
    return (await this.admin('/ready')).startsWith('LIVE')
  }

  /** A GET to an address and port of the mesh, as from the pod beside this proxy. */
  get(address: string, port: number, host: string, path = '/'): Promise<Answer> {
    return new Promise(resolve => {
      let text = ''
      const socket = connect({ host: '127.0.0.1', port: this.#entry })
      const done = () => {
        socket.destroy()
        resolve({ status: Number(/^HTTP\/1\.[01] (\d+)/.exec(text)?.[1] ?? 0), text })
      }
      socket.setTimeout(10_000, done)
      socket.on('data', piece => {
        text += piece
      })
      socket.on('error', done)
      socket.on('close', done)
      socket.write(`PROXY TCP4 127.0.0.1 ${address} 40000 ${port}\r\n`)
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    })
  }

  get #adminFile(): string {
    return join(this.#dir, 'admin')
  }

  async #entryPort(): Promise<number> {
    const { listener_statuses: all = [] } = JSON.parse(await this.admin('/listeners?format=json'))
    return all.find((l: { name: string }) => l.name === 'entry')?.local_address?.socket_address?.port_value ?? 0
  }
}

function bootstrapOf(node: LiveNode, xdsPort: number) {
  const { kind, pod, namespace, redirect, mode, labels, locality } = node
  const made = bootstrap({
    ...{ kind, pod, namespace, redirect, labels, workload: pod, serviceAccount: pod, network: '', cluster: '' },
    ...{ ip: '127.0.0.1', domain: 'cluster.local', xdsAddress: `127.0.0.1:${xdsPort}`, tls: false, tcpProbes: [] },
  })
  const { ads_config } = made.dynamic_resources
  return {
    ...made,
    node: { ...made.node, locality },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } },
    // All statistics, those of refused updates too.
    stats_config: {},
    dynamic_resources: {
      ...made.dynamic_resources,
      ads_config: { ...ads_config, api_type: mode === 'delta' ? 'DELTA_GRPC' : 'GRPC' },
    },
    // Not the product's own listeners: their ports can be had once a machine.
    static_resources: { ...made.static_resources, listeners: [entry] },
  }
}

const entry = {
  name: 'entry',
  address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
  use_original_dst: true,
  listener_filters: [
    {
      name: 'envoy.filters.listener.proxy_protocol',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol',
      },
    },
  ],
  filter_chains: [
    {
      filters: [
        {
          name: 'envoy.filters.network.tcp_proxy',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
            ...{ stat_prefix: 'nowhere', cluster: 'nowhere' },
          },
        },
      ],
    },
  ],
}
