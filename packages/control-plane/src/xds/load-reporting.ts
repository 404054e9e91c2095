import { create, toBinary } from '@bufbuild/protobuf'
import { LoadStatsResponseSchema } from '@isthmus/envoy-api/envoy/service/load_stats/v3/lrs'
import type { LoadReport, ProxyNode } from '../model/index.ts'
import type { Clock } from '../runtime/index.ts'
import type { Call, CallHandler } from './call.ts'
import { grpcStatus } from './framing.ts'
import { loadInterval } from './load-interval.ts'
import { readClusterLoads, readLoadNode } from './load-wire.ts'
import { parseNode } from './node.ts'

/** Where Envoy reports load (envoy.service.load_stats.v3). */
export const loadReportingPath = '/envoy.service.load_stats.v3.LoadReportingService/StreamLoadStats'

export interface LoadReportingOptions {
  readonly clock: Clock
  readonly onReport: (report: LoadReport) => void
  /** Milliseconds between two reports of a proxy, where proxies are not too many for it; default 2,000. */
  readonly intervalMs?: number
  /** A stream keeps the token it began with: older ones are ended, so that it is shown again. Milliseconds. */
  readonly maxStreamAgeMs?: number
}

/** The load reporting service: every proxy says in a known interval, cluster by cluster and locality by locality, what it sent. */
export class LoadReporting {
  readonly #options: LoadReportingOptions
  readonly #streams = new Set<LoadStream>()
  readonly #wantedMs: number
  #intervalMs: number
  /** Of all reports; and what one is like of late. */
  #bytes = 0
  #bytesEach = 0

  constructor(options: LoadReportingOptions) {
    this.#options = options
    this.#wantedMs = options.intervalMs ?? 2_000
    this.#intervalMs = this.#wantedMs
  }

  /** The method to register at `loadReportingPath`. */
  readonly method = (call: Call): CallHandler => {
    const { clock, onReport, maxStreamAgeMs } = this.#options
    const stream: LoadStream = new LoadStream(call, {
      now: () => clock.now(),
      onReport: (report, bytes) => {
        this.#bytes += bytes
        this.#bytesEach += (bytes - this.#bytesEach) * (this.#bytesEach === 0 ? 1 : 1 / 64)
        this.#pace()
        onReport(report)
      },
      onOpen: () => {
        this.#streams.add(stream)
        stream.ask(this.#intervalMs)
        this.#pace()
      },
      onClosed: () => {
        cancel()
        this.#streams.delete(stream)
        this.#pace()
      },
    })
    const cancel =
      maxStreamAgeMs === undefined
        ? () => {}
        : clock.after(maxStreamAgeMs, () => call.end(grpcStatus.unavailable, 'the stream is old: show a fresh token'))
    return stream
  }

  /** Milliseconds between two reports of a proxy, at present. */
  get intervalMs(): number {
    return this.#intervalMs
  }

  /** Bytes of all reports. */
  get bytes(): number {
    return this.#bytes
  }

  /** Proxies that report. */
  get reporters(): number {
    return this.#streams.size
  }

  #pace(): void {
    const next = loadInterval(this.#wantedMs, this.#streams.size, this.#bytesEach, this.#intervalMs)
    if (next === this.#intervalMs) return
    this.#intervalMs = next
    for (const stream of this.#streams) stream.ask(next)
  }
}

interface StreamOptions {
  readonly now: () => number
  readonly onReport: (report: LoadReport, bytes: number) => void
  readonly onOpen: () => void
  readonly onClosed: () => void
}

/** One proxy's stream of reports. */
class LoadStream implements CallHandler {
  readonly #call: Call
  readonly #options: StreamOptions
  #state: 'new' | 'checking' | 'open' = 'new'
  #node: ProxyNode | undefined

  constructor(call: Call, options: StreamOptions) {
    this.#call = call
    this.#options = options
  }

  message(bytes: Uint8Array): void {
    if (this.#state === 'new') this.#check(parseNode(readLoadNode(bytes)))
    else if (this.#state === 'open' && this.#node)
      this.#options.onReport(
        { node: this.#node, at: this.#options.now(), clusters: readClusterLoads(bytes) },
        bytes.length,
      )
  }

  closed(): void {
    this.#options.onClosed()
  }

  ask(intervalMs: number): void {
    const response = create(LoadStatsResponseSchema, {
      sendAllClusters: true,
      loadReportingInterval: { seconds: BigInt(Math.floor(intervalMs / 1_000)), nanos: (intervalMs % 1_000) * 1e6 },
    })
    this.#call.send(toBinary(LoadStatsResponseSchema, response))
  }

  #check(node: ProxyNode): void {
    this.#state = 'checking'
    this.#call.authenticate(node).then(
      () =>
        this.#call.guarded(() => {
          if (this.#call.closed) return
          this.#state = 'open'
          this.#node = node
          this.#options.onOpen()
        }),
      error => this.#call.fail(error),
    )
  }
}
