import { create, toBinary } from '@bufbuild/protobuf'
import { NodeSchema } from '@isthmus/envoy-api/envoy/config/core/v3/base'
import { localities } from '../workload.ts'
import type { Type } from './names.ts'
import { type Mode, Sidecar } from './sidecar.ts'

/** Whether a sidecar's traffic is redirected to it by user id; without, it has one route table a port, as Istio's have. */
export type Redirect = 'uid' | 'none'

export interface FleetOptions {
  readonly port: number
  readonly count: number
  readonly mode: Mode
  /** The sidecars' namespaces, taken in turn. */
  readonly namespaces: readonly string[]
  /** As the proxies' own default: by user id. */
  readonly redirect?: Redirect
  /** Number of the first sidecar, so that several fleets have different ones. */
  readonly first?: number
  /** Read nothing after they are full, or nothing at all. */
  readonly stall?: 'full' | 'start'
  /** Keep the responses of the first sidecar of each locality until it is full, and the first that holds each change. */
  readonly record?: boolean
}

/** Responses of one sidecar from nothing to fully configured, by type. */
export type Recording = Readonly<Record<Type, readonly Uint8Array[]>>

/** Many sidecars in one process. */
export class Fleet {
  readonly #options: FleetOptions
  readonly #sidecars: Sidecar[] = []
  readonly recordings: Record<Type, Uint8Array[]>[] = []
  /** Connections that broke before their sidecar was configured, and were made again. */
  retries = 0
  /** The first response that held the last change. */
  changeResponse: Uint8Array | undefined
  #closed = false
  #full = 0
  #broken: string | undefined
  #marker: { readonly type: Type; readonly bytes: Buffer; readonly began: number } | undefined
  #seen = 0
  #wake = () => {}

  constructor(options: FleetOptions) {
    this.#options = options
  }

  /** Resolves with the milliseconds until every sidecar was fully configured; at once for one that never reads. */
  async connect(): Promise<number> {
    const began = performance.now()
    for (let i = 0; i < this.#options.count; i++) this.#sidecars.push(this.#sidecar(i))
    if (this.#options.stall !== 'start') await this.#until(() => this.#full >= this.#options.count, 'full', 600_000)
    return performance.now() - began
  }

  /** @returns milliseconds from `make` until each sidecar had a response of the type that holds the marker, sorted */
  async change(type: Type, marker: string, make: () => void): Promise<number[]> {
    for (const sidecar of this.#sidecars) sidecar.seenAt = 0
    this.#seen = 0
    const began = performance.now()
    this.#marker = { type, bytes: Buffer.from(marker), began }
    make()
    await this.#until(() => this.#seen >= this.#sidecars.length, `at ${marker}`, 60_000)
    this.#marker = undefined
    return this.#sidecars.map(sidecar => sidecar.seenAt - began).sort((a, b) => a - b)
  }

  /** Bytes received by all so far. */
  get received(): number {
    return this.#sidecars.reduce((sum, sidecar) => sum + sidecar.received, 0)
  }

  close(): void {
    this.#closed = true
    for (const sidecar of this.#sidecars) sidecar.close()
  }

  #sidecar(i: number): Sidecar {
    const { port, mode, namespaces, redirect, stall, first = 0 } = this.#options
    const at = i % localities.length
    const record = this.#options.record && i < localities.length ? empty() : undefined
    if (record) this.recordings[at] = record
    const sidecar: Sidecar = new Sidecar({
      ...{ port, mode },
      node: node(first + i, localities[at]!, namespaces[i % namespaces.length]!, redirect),
      // One that never reads has no room for more either, as Envoy's default would leave little.
      ...(stall === 'start' && { window: 65_535 }),
      onResponse: (type, bytes) => {
        if (record && !sidecar.full) record[type].push(Uint8Array.from(bytes))
        const marker = this.#marker
        if (!marker || marker.type !== type || sidecar.seenAt > 0 || !bytes.includes(marker.bytes)) return
        sidecar.seenAt = performance.now()
        if (this.#seen++ === 0 && this.#options.record) this.changeResponse = Uint8Array.from(bytes)
        this.#wake()
      },
      onFull: () => {
        this.#full++
        if (stall === 'full') sidecar.stall()
        this.#wake()
      },
      onClosed: why => {
        if (stall || this.#closed) return
        if (!sidecar.full) {
          // As Envoy does: it comes again after a random part of half a second.
          this.retries++
          setTimeout(() => {
            if (!this.#closed) this.#sidecars[i] = this.#sidecar(i)
          }, Math.random() * 500)
          return
        }
        this.#broken ??= `sidecar ${first + i}: ${why}`
        this.#wake()
      },
    })
    if (stall === 'start') sidecar.stall()
    return sidecar
  }

  #until(done: () => boolean, what: string, ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => `${this.#full} full, ${this.#seen} have it: not all ${what} after ${ms / 1000} s`
      const timer = setTimeout(() => reject(new Error(late())), ms)
      this.#wake = () => {
        if (!this.#broken && !done()) return
        clearTimeout(timer)
        this.#wake = () => {}
        if (this.#broken) reject(new Error(this.#broken))
        else resolve()
      }
      this.#wake()
    })
  }
}

function empty(): Record<Type, Uint8Array[]> {
  return { cluster: [], endpoint: [], listener: [], route: [] }
}

/** A node as a sidecar of Istio describes itself. */
function node(i: number, locality: string, namespace: string, redirect: Redirect = 'uid'): Uint8Array {
  const [region, zone, subZone] = locality.split('/')
  const ip = `127.${200 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`
  const labels = { app: 'load', version: 'v1', 'service.istio.io/canonical-name': 'load' }
  return toBinary(
    NodeSchema,
    create(NodeSchema, {
      id: `sidecar~${ip}~load-${i}.${namespace}~${namespace}.svc.cluster.local`,
      cluster: `load.${namespace}`,
      metadata: {
        ...{ NAMESPACE: namespace, NAME: `load-${i}`, CLUSTER_ID: 'c1' },
        ...{ INSTANCE_IPS: ip, LABELS: labels, ISTHMUS_REDIRECT: redirect },
      },
      locality: { region, zone, subZone },
    }),
  )
}
