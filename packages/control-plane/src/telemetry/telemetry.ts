import type { EventList, Matrix, Series } from '@isthmus/api'
import type { LoadReport } from '../model/index.ts'
import { LoadStore, type Sender } from './load-store.ts'
import { type MatrixQuery, matrix } from './matrix.ts'
import { measuredBy, measuredKey, usedServices } from './measured.ts'
import { type Rate, senderRates, serviceRates } from './rates.ts'
import { regionEvents } from './region-events.ts'
import type { Intent } from './region-state.ts'
import type { RegionCluster } from './region-summary.ts'
import {
  follow,
  nothingJudged,
  type RegionPicture,
  type RegionStanding,
  regionChanges,
  serviceChanges,
} from './region-tracker.ts'
import { type SeriesQuery, series } from './series.ts'
import { type EventQuery, type NewEvent, Timeline } from './timeline.ts'

/** What changed: requests were reported, a region was judged, something happened. */
export type TelemetryTopic = 'load' | 'regions' | 'events'

/** The mesh as far as region states depend on it. */
export interface RegionSource {
  readonly regions: () => readonly string[]
  readonly clusters: () => readonly RegionCluster[]
  /**
   * Of services that may not be as usual, and of `measured` ones (role, region, subset, service: those that had requests).
   */
  readonly intents: (
    measured: readonly { role: 'gateway' | 'sidecar'; region: string; subset: string; service: string }[],
  ) => readonly Intent[]
  /** How many services have, or had, endpoints in a region; of these only, where some are given. */
  readonly servicesIn: (region: string, only?: ReadonlySet<string>) => number
}

export interface TelemetryOptions {
  readonly now: () => number
  /** Milliseconds between two reports of a proxy. */
  readonly intervalMs: () => number
  readonly regions: RegionSource
  readonly flows?: number
  readonly events?: number
}

/** Shares are judged over the last ten seconds, and never over less than two reports. */
const judgedOverMs = 10_000

/** What is measured, what it comes to, and what happened: everything the API and the metrics tell of traffic. */
export class Telemetry {
  readonly load: LoadStore
  readonly timeline: Timeline
  readonly #options: TelemetryOptions
  readonly #listeners = new Set<(topic: TelemetryTopic) => void>()
  #picture: RegionPicture = nothingJudged

  constructor(options: TelemetryOptions) {
    this.#options = options
    const { now, intervalMs } = options
    this.load = new LoadStore({ now, intervalMs, ...(options.flows && { flows: options.flows }) })
    this.timeline = new Timeline({ now, ...(options.events && { limit: options.events }) })
  }

  /** A proxy's report. `source`: the region its view stands in; `workload`: its Deployment or the like. */
  report(report: LoadReport, source: string, workload: string): void {
    this.load.add(report, source, workload)
    this.#tell('load')
  }

  /** Something happened. */
  event(event: NewEvent): void {
    this.timeline.add(event)
    this.#tell('events')
  }

  /** Looks at the regions again: the state of each follows from now on from what is known and measured now. */
  judge(): void {
    const { now, regions, intervalMs } = this.#options
    const over = Math.max(judgedOverMs, 2 * intervalMs())
    const measured = measuredBy(this.load, over)
    const flows = [...measured.keys()].map(key => {
      const [role, region, subset, ...service] = key.split('|')
      return { role: role as 'gateway' | 'sidecar', region: region!, subset: subset!, service: service.join('|') }
    })
    const before = this.#picture
    const used = usedServices(this.load, now())
    const after = follow(before, {
      now: now(),
      regions: regions.regions(),
      clusters: regions.clusters(),
      intents: regions.intents(flows),
      measured: i => measured.get(measuredKey(i.role, i.region, i.subset, i.service)),
      counts: service => used.size === 0 || used.has(service),
      servicesIn: region => regions.servicesIn(region, used.size > 0 ? used : undefined),
      settleMs: over + 2 * intervalMs(),
    })
    this.#picture = after
    const events = regionEvents(regionChanges(before, after), serviceChanges(before, after))
    for (const event of events) this.event(event)
    if (events.length > 0 || before.regions.size !== after.regions.size) this.#tell('regions')
  }

  /** Requests by source and destination region in the last `windowMs`. */
  matrix(query: MatrixQuery = {}): Matrix {
    const { now, intervalMs, regions } = this.#options
    return matrix(this.load, query, { now: now(), intervalMs: intervalMs(), regions: regions.regions() })
  }

  /** Rates over time, a line for each source and destination. */
  series(query: SeriesQuery = {}): Series {
    return series(this.load, query, { now: this.#options.now(), intervalMs: this.#options.intervalMs() })
  }

  /** Rates by fully qualified host in the last `windowMs`; a service without requests is missing. */
  services(windowMs = 60_000): ReadonlyMap<string, Rate> {
    return serviceRates(this.load, windowMs)
  }

  /** What gateways, and each cluster's sidecars together, sent in the last `windowMs`. */
  senders(windowMs = 60_000): readonly (Sender & Rate)[] {
    return senderRates(this.load, windowMs)
  }

  /** Each region's state, cause, since when, and the services that are not as usual. */
  regionStates(): readonly RegionStanding[] {
    return [...this.#picture.regions.values()].toSorted((a, b) => (a.region < b.region ? -1 : 1))
  }

  /** The timeline, newest first. */
  events(query: EventQuery = {}): EventList {
    return this.timeline.list(query)
  }

  /** Calls `listener`, perhaps often, when there is something new to ask for. The result ends it. */
  subscribe(listener: (topic: TelemetryTopic) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #tell(topic: TelemetryTopic): void {
    for (const listener of [...this.#listeners]) listener(topic)
  }
}
