import type { LoadReport } from '../model/index.ts'
import { type Flow, flowKey, flowTarget } from './flow.ts'
import { fine, History } from './history.ts'
import type { Count } from './ring.ts'
import { Table } from './table.ts'
import { type Window, windowOf } from './window.ts'

/** What one proxy sends altogether, by where it stands. */
export interface Sender {
  readonly cluster: string
  readonly region: string
  /** `NAMESPACE/WORKLOAD` of a gateway; '' for all sidecars of the cluster together. */
  readonly gateway: string
}

const hour = 3_600_000

export interface LoadStoreOptions {
  readonly now: () => number
  /** Milliseconds between two reports of a proxy, as proxies are asked to keep it. */
  readonly intervalMs: () => number
  /** Flows remembered at most, about 3 kB each. */
  readonly flows?: number
}

/**
 * An hour of load reports in bounded memory, counted by flow. Only the sending side reports (the clusters of a proxy that are
 * `outbound`), so no request counts twice; one that a gateway forwards and a sidecar sends on are two requests, to two services.
 */
export class LoadStore {
  readonly #options: LoadStoreOptions
  readonly #flows: Table<Flow>
  readonly #senders: Table<Sender>
  /** When anybody reported: a bucket without a report is unknown, not zero. */
  readonly #reports = new History()
  /** Requests by role, source and destination region since the start: few, and never forgotten. */
  readonly #totals = new Map<string, { readonly flow: Omit<Flow, 'service' | 'subset'>; readonly count: Count }>()
  /** Milliseconds since the epoch of the newest report. */
  newest: number | undefined
  reports = 0

  constructor(options: LoadStoreOptions) {
    this.#options = options
    this.#flows = new Table(options.flows ?? 5_000, flowKey)
    this.#senders = new Table(1_000, s => `${s.cluster}|${s.region}|${s.gateway}`)
  }

  /** @param source the region the reporting proxy's view stands in; @param workload its Deployment or the like */
  add(report: LoadReport, source: string, workload: string): void {
    const { node, at } = report
    const role = node.kind
    this.reports++
    this.newest = Math.max(this.newest ?? 0, at)
    this.#mark(at - Math.max(this.#options.intervalMs(), longest(report)), at)
    const gateway = role === 'gateway' ? `${node.namespace}/${workload}` : ''
    for (const { cluster, durationMs, localities } of report.clusters) {
      const target = flowTarget(cluster)
      if (!target) continue
      for (const { locality, success, error } of localities) {
        const count = { requests: success + error, errors: error }
        if (count.requests === 0) continue
        const flow = { ...target, source, destination: locality.region, role }
        this.#flows.add(flow, at - durationMs, at, count)
        this.#senders.add({ cluster: node.cluster, region: source, gateway }, at - durationMs, at, count)
        this.#total(flow, count)
      }
    }
  }

  #mark(from: number, to: number): void {
    const one = { requests: 1, errors: 0 }
    for (let time = Math.max(from, to - hour); time < to; time += fine.stepMs) this.#reports.add(time, time, one)
    this.#reports.add(to - 1, to, one)
  }

  #total({ source, destination, role }: Flow, count: Count): void {
    const key = `${role}|${source}|${destination}`
    const had = this.#totals.get(key)?.count ?? { requests: 0, errors: 0 }
    const sum = { requests: had.requests + count.requests, errors: had.errors + count.errors }
    this.#totals.set(key, { flow: { source, destination, role }, count: sum })
  }

  window(lengthMs: number): Window {
    return windowOf(this.#options.now(), lengthMs, this.newest, this.#options.intervalMs())
  }

  flows(): Iterable<{ readonly key: Flow; readonly history: History }> {
    return this.#flows.entries()
  }

  senders(): Iterable<{ readonly key: Sender; readonly history: History }> {
    return this.#senders.entries()
  }

  totals(): Iterable<{ readonly flow: Omit<Flow, 'service' | 'subset'>; readonly count: Count }> {
    return this.#totals.values()
  }

  /** How many reports touch each bucket. */
  get reported(): History {
    return this.#reports
  }

  /** For metrics. */
  get size(): { readonly flows: number; readonly dropped: number } {
    return { flows: this.#flows.size, dropped: this.#flows.dropped }
  }
}

function longest(report: LoadReport): number {
  return report.clusters.reduce((most, c) => Math.max(most, c.durationMs), 0)
}
