import { parseServedBy } from '../../../../../samples/bookinfo/src/common/identity.ts'
import { Histogram } from './histogram.ts'

/** How one request ended. */
export type Outcome =
  | { readonly kind: 'answer'; readonly status: number; readonly servedBy?: string; readonly accepted?: boolean }
  | { readonly kind: 'timeout' | 'refused' | 'reset' | 'error' }

/** All that is known of a run so far. Times are milliseconds since its start. */
export interface Summary {
  readonly seconds: number
  readonly sent: number
  readonly ok: number
  readonly failed: number
  /** `503`, `timeout`, `refused`, `reset`, `error`, `content` (a good status with content that is not what was asked for). */
  readonly failures: Readonly<Record<string, number>>
  readonly latencyMs: { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number }
  /** Answers each pod had a part in, every member of `x-served-by` counted. */
  readonly servedBy: Readonly<Record<string, number>>
  /** Answers each region had a part in. */
  readonly regions: Readonly<Record<string, number>>
  readonly firstFailureMs?: number
  readonly lastFailureMs?: number
  /** When the first good answer came that a region other than the home region had a part in. */
  readonly firstElsewhereMs?: number
  readonly lastElsewhereMs?: number
  /** When the last good answer came that only the home region had a part in: after a loss, when all had moved. */
  readonly lastHomeMs?: number
}

/** Adds up outcomes. `home` is the region from which everything else is elsewhere; unset, that of the first answer. */
export class Tally {
  readonly #latency = new Histogram()
  readonly #failures = new Map<string, number>()
  readonly #servedBy = new Map<string, number>()
  readonly #regions = new Map<string, number>()
  readonly #times: {
    -readonly [K in 'firstFailureMs' | 'lastFailureMs' | 'firstElsewhereMs' | 'lastElsewhereMs' | 'lastHomeMs']?: number
  } = {}
  #home: string | undefined
  #sent = 0
  #ok = 0

  constructor(home?: string) {
    this.#home = home
  }

  sent(): void {
    this.#sent++
  }

  /** `atMs`: when it ended, since the run's start. */
  ended(outcome: Outcome, latencyMs: number, atMs: number): void {
    this.#latency.record(latencyMs)
    const failure = failureOf(outcome)
    if (failure !== undefined) {
      add(this.#failures, failure)
      this.#times.firstFailureMs ??= atMs
      this.#times.lastFailureMs = atMs
      return
    }
    this.#ok++
    const members = outcome.kind === 'answer' ? parseServedBy(outcome.servedBy) : []
    this.#home ??= members[0]?.region
    for (const pod of new Set(members.map(member => member.pod))) add(this.#servedBy, pod)
    const regions = new Set(members.map(member => member.region).filter(region => region !== undefined))
    for (const region of regions) add(this.#regions, region)
    if ([...regions].some(region => region !== this.#home)) {
      this.#times.firstElsewhereMs ??= atMs
      this.#times.lastElsewhereMs = atMs
    } else this.#times.lastHomeMs = atMs
  }

  summary(elapsedMs: number): Summary {
    const failures = Object.fromEntries([...this.#failures].sort())
    return {
      seconds: Math.round(elapsedMs / 100) / 10,
      sent: this.#sent,
      ok: this.#ok,
      failed: Object.values(failures).reduce((sum, count) => sum + count, 0),
      failures,
      latencyMs: {
        p50: this.#latency.percentile(50),
        p90: this.#latency.percentile(90),
        p99: this.#latency.percentile(99),
        max: this.#latency.max,
      },
      servedBy: Object.fromEntries([...this.#servedBy].sort()),
      regions: Object.fromEntries([...this.#regions].sort()),
      ...this.#times,
    }
  }
}

/** The name of the failure; undefined: a good answer. Redirects and refusals by the client's fault (4xx) are failures too. */
function failureOf(outcome: Outcome): string | undefined {
  if (outcome.kind !== 'answer') return outcome.kind
  if (outcome.status < 200 || outcome.status > 299) return String(outcome.status)
  return outcome.accepted === false ? 'content' : undefined
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
