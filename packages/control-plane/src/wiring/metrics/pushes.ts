import { Counter, type Registry } from 'prom-client'
import type { Delivered } from '../../xds/index.ts'
import { Histogram, type Series } from './histogram.ts'
import { type Push, stagesOf } from './push.ts'
import type { PushObserver } from './push-log.ts'

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
const bytes = [256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216]
const counts = [1, 2, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000]

/** How changes reach the proxies, for Prometheus. */
export class PushMetrics implements PushObserver {
  readonly #converged: Histogram
  readonly #proxies: Histogram
  readonly #stages: Histogram
  readonly #bytes: Histogram
  readonly #resources: Histogram
  readonly #wait: Series
  readonly #overtaken: Counter
  /** Series by type URL: bytes, resources. */
  readonly #byType = new Map<string, readonly [Series, Series]>()

  constructor(registry: Registry) {
    const histogram = (name: string, help: string, label: string, bounds: readonly number[]) =>
      new Histogram(registry, { name, help, label, bounds })
    this.#converged = histogram(
      'isthmus_convergence_seconds',
      'From when a source heard of a change until the last proxy had answered for it, by kind of change.',
      'kind',
      seconds,
    )
    this.#proxies = histogram(
      'isthmus_proxy_convergence_seconds',
      'The same for each single proxy, which one proxy that hangs does not hold up.',
      'kind',
      seconds,
    )
    this.#stages = histogram(
      'isthmus_push_stage_seconds',
      'Time of a change in each stage: read, wait (for the turn), make (views), write (to connections), acknowledge.',
      'stage',
      seconds,
    )
    this.#wait = histogram(
      'isthmus_change_wait_seconds',
      'From when a source heard of a change until a response with it was handed to a proxy’s connection.',
      'to',
      seconds,
    ).of('proxy')
    this.#bytes = histogram('isthmus_response_bytes', 'Bytes of a response with its frame, by type.', 'type', bytes)
    this.#resources = histogram('isthmus_response_resources', 'Resources in a response, by type.', 'type', counts)
    this.#overtaken = new Counter({
      name: 'isthmus_pushes_overtaken_total',
      help: 'Times a proxy owed answers for so many changes that the oldest is no longer waited for.',
      registers: [registry],
    })
  }

  sent(step: Extract<Delivered, { kind: 'sent' }>, afterMs: number | undefined): void {
    let series = this.#byType.get(step.typeUrl)
    if (!series) {
      const type = typeOf(step.typeUrl)
      series = [this.#bytes.of(type), this.#resources.of(type)]
      this.#byType.set(step.typeUrl, series)
    }
    series[0].observe(step.bytes)
    series[1].observe(step.resources)
    if (afterMs !== undefined) this.#wait.observe(afterMs / 1000)
  }

  reached(push: Push, afterMs: number): void {
    this.#proxies.of(push.kind).observe(afterMs / 1000)
  }

  done(push: Push, afterMs: number): void {
    this.#converged.of(push.kind).observe(afterMs / 1000)
    for (const [stage, ms] of Object.entries(stagesOf(push)))
      if (ms !== undefined) this.#stages.of(stage).observe(ms / 1000)
  }

  overtaken(): void {
    this.#overtaken.inc()
  }
}

/** `envoy.config.cluster.v3.Cluster` is `Cluster`. */
export function typeOf(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf('.') + 1)
}
