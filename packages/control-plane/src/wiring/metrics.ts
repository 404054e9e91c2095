import { Counter, Gauge, Registry } from 'prom-client'
import type { Mesh } from '../model/index.ts'
import { type Clock, systemClock } from '../runtime/index.ts'
import type { SnapshotEngine } from '../snapshot/index.ts'
import type { XdsEvent, XdsServer } from '../xds/index.ts'
import { Histogram } from './metrics/histogram.ts'
import { type ResourceMemory, resourceMemory } from './metrics/memory.ts'
import { processMetrics } from './metrics/process.ts'
import { PushLog } from './metrics/push-log.ts'
import { PushMetrics, typeOf } from './metrics/pushes.ts'

/** How fresh what a source knows is. */
export interface SourceState {
  readonly name: string
  /** When it last had word of all of it, milliseconds since the epoch; 0 for never. */
  readonly lastSync: number
  /** True while it cannot be read, and what was known stays in force. */
  readonly stale: boolean
}

/** What is watched. */
export interface Watched {
  readonly server: XdsServer
  readonly engine: SnapshotEngine
  readonly mesh: () => Mesh
  /** Sources beside the member clusters: the mesh's own configuration. */
  readonly sources?: () => readonly SourceState[]
}

/** What is in memory is counted at most this often, however many scrape: it looks at every resource. Milliseconds. */
const countEveryMs = 30_000

/** What an operator sees of a running control plane, for Prometheus. Each metric stands in docs/reference/metrics.md. */
export class Metrics {
  readonly registry = new Registry()
  readonly pushes: PushLog
  readonly #clock: Clock
  readonly #acknowledged: Histogram
  readonly #refused: Counter
  #counted: { readonly at: number; readonly memory: Readonly<Record<string, ResourceMemory>> } | undefined

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
    const { registry } = this
    this.pushes = new PushLog({ observer: new PushMetrics(registry) })
    this.#acknowledged = new Histogram(registry, {
      name: 'isthmus_push_acknowledged_seconds',
      help: 'From sending a response to a proxy until it acknowledged it, by type.',
      label: 'type',
      bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    })
    this.#refused = new Counter({
      name: 'isthmus_refusals_total',
      help: 'Responses that proxies refused, by type.',
      labelNames: ['type'],
      registers: [registry],
    })
    processMetrics(registry, clock)
  }

  /** Counts an event of the discovery server. */
  event(event: XdsEvent): void {
    if (event.kind === 'ack') this.#acknowledged.of(typeOf(event.typeUrl)).observe(event.afterMs / 1000)
    else if (event.kind === 'nack') this.#refused.inc({ type: typeOf(event.typeUrl) })
  }

  /** Says from now on how the running parts are. */
  watch(watched: Watched): void {
    this.#watchProxies(watched)
    this.#watchResources(watched)
    this.#watchSources(watched)
  }

  /** What the views in use hold, counted at most twice a minute. */
  memory(engine: SnapshotEngine): Readonly<Record<string, ResourceMemory>> {
    const now = this.#clock.now()
    if (!this.#counted || now - this.#counted.at > countEveryMs)
      this.#counted = { at: now, memory: resourceMemory(engine.views) }
    return this.#counted.memory
  }

  #gauge(name: string, help: string, read: () => number) {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read())
      },
    })
  }

  /** @param read the label's values and theirs; those that are not there any more go */
  #gauges(name: string, help: string, label: string, read: () => Iterable<readonly [string, number]>) {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect() {
        this.reset()
        for (const [value, number] of read()) this.set({ [label]: value }, number)
      },
    })
  }

  #watchProxies({ server }: Watched) {
    const proxies = once(() => server.proxies())
    this.#gauge('isthmus_proxies', 'Connected proxies.', () => proxies().length)
    this.#gauge('isthmus_proxies_behind', 'Connected proxies that do not hold yet what is meant for them.', () => {
      return proxies().filter(proxy => !proxy.inStep).length
    })
    this.#gauge(
      'isthmus_proxies_refusing',
      'Connected proxies that refused something that is still meant for them.',
      () => proxies().filter(proxy => proxy.types.some(type => type.nacked)).length,
    )
    this.#gauge(
      'isthmus_unread_bytes',
      'Bytes of responses that proxies have not taken yet. Proxies that are sent the same share them in memory.',
      () => proxies().reduce((sum, proxy) => sum + proxy.unreadBytes, 0),
    )
  }

  #watchResources({ engine, mesh }: Watched) {
    const { registry } = this
    this.#gauge('isthmus_views', 'Distinct views: what is made once for each.', () => engine.views.length)
    this.#gauge('isthmus_services', 'Services in the mesh.', () => mesh().services.size)
    const held = () => Object.entries(this.memory(engine))
    this.#gauges('isthmus_resources', 'Distinct resources that views in use hold, by type.', 'type', () =>
      held().map(([type, { count }]) => [type, count]),
    )
    this.#gauges('isthmus_resource_bytes', 'Bytes of these resources, each counted once.', 'type', () =>
      held().map(([type, { bytes }]) => [type, bytes]),
    )
    new Counter({
      name: 'isthmus_resources_made_total',
      help: 'Resources looked at for views: reused as they were, found equal after encoding, encoded anew, refused by Envoy’s own rules.',
      labelNames: ['result'],
      registers: [registry],
      collect() {
        this.reset()
        for (const [result, count] of Object.entries(engine.counts)) this.inc({ result }, count)
      },
    })
  }

  #watchSources({ mesh, sources = () => [] }: Watched) {
    const now = () => this.#clock.now()
    const clusters = () => [...mesh().clusters.values()]
    const all = (): readonly SourceState[] => [
      ...clusters().map(({ name, lastContact, stale }) => ({ name, lastSync: lastContact, stale })),
      ...sources(),
    ]
    this.#gauges(
      'isthmus_cluster_last_contact_seconds',
      'Seconds since the last word of a member cluster’s API.',
      'cluster',
      () => clusters().flatMap(c => (c.lastContact > 0 ? [[c.name, (now() - c.lastContact) / 1000] as const] : [])),
    )
    this.#gauges(
      'isthmus_source_last_sync_timestamp_seconds',
      'When a source (a member cluster, or the mesh’s configuration) was last read well, since the epoch.',
      'source',
      () => all().flatMap(s => (s.lastSync > 0 ? [[s.name, s.lastSync / 1000] as const] : [])),
    )
    this.#gauges(
      'isthmus_source_stale',
      '1 while a source cannot be read and what was last known of it stays in force.',
      'source',
      () => all().map(s => [s.name, s.stale ? 1 : 0]),
    )
  }
}

/** Asks once in a turn: all gauges of a scrape are read in one. */
function once<T>(read: () => T): () => T {
  let known: { readonly value: T } | undefined
  return () => {
    if (!known) {
      known = { value: read() }
      setImmediate(() => {
        known = undefined
      })
    }
    return known.value
  }
}
