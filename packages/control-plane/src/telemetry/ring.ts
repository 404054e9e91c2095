/** What was counted in some span of time. */
export interface Count {
  /** Answered, well or badly, tries of their own included. */
  readonly requests: number
  readonly errors: number
}

/** How finely a time is remembered, and for how long. */
export interface Resolution {
  readonly stepMs: number
  readonly steps: number
}

const most = 2 ** 32 - 1

/**
 * Counts of the last `steps` buckets of `stepMs` each, aligned to the epoch. Size is fixed: 8 bytes a bucket. Time only goes
 * forward: what is older than the ring is dropped, what is newer pushes the oldest out.
 */
export class Ring {
  readonly resolution: Resolution
  readonly #requests: Uint32Array
  readonly #errors: Uint32Array
  /** The newest bucket, counted from the epoch; -1 while nothing is known. */
  #newest = -1

  constructor(resolution: Resolution) {
    this.resolution = resolution
    this.#requests = new Uint32Array(resolution.steps)
    this.#errors = new Uint32Array(resolution.steps)
  }

  /**
   * Counts over the span `[from, to)`, in milliseconds, shared out over its buckets by the time each has of it. Nothing is
   * lost to rounding. A span without a length counts in the bucket of `to`.
   */
  add(from: number, to: number, count: Count): void {
    const { stepMs } = this.resolution
    const last = bucketOf(Math.max(to - 1, from), stepMs)
    const first = Math.min(bucketOf(from, stepMs), last)
    const length = Math.max(to - from, 1)
    const before = { requests: 0, errors: 0 }
    for (let bucket = first; bucket <= last; bucket++) {
      const part = bucket === last ? 1 : Math.min(1, ((bucket + 1) * stepMs - from) / length)
      const requests = Math.round(count.requests * part)
      const errors = Math.round(count.errors * part)
      this.#put(bucket, requests - before.requests, errors - before.errors)
      before.requests = requests
      before.errors = errors
    }
  }

  /** All that was counted in buckets that begin at `from` or later, up to and without `to`. */
  sum(from: number, to: number): Count {
    let requests = 0
    let errors = 0
    this.#each(from, to, (_, r, e) => {
      requests += r
      errors += e
    })
    return { requests, errors }
  }

  /** Adds to `into`, whose first bucket begins at `from` (a multiple of the step), what each bucket counted. */
  addTo(into: { requests: number[]; errors: number[] }, from: number, to: number): void {
    const { stepMs } = this.resolution
    const first = bucketOf(from, stepMs)
    this.#each(from, to, (bucket, r, e) => {
      const i = bucket - first
      into.requests[i] = (into.requests[i] ?? 0) + r
      into.errors[i] = (into.errors[i] ?? 0) + e
    })
  }

  #each(from: number, to: number, visit: (bucket: number, requests: number, errors: number) => void): void {
    const { stepMs, steps } = this.resolution
    const first = Math.max(Math.ceil(from / stepMs), this.#newest - steps + 1, 0)
    const last = Math.min(Math.ceil(to / stepMs) - 1, this.#newest)
    for (let bucket = first; bucket <= last; bucket++) {
      const i = bucket % steps
      visit(bucket, this.#requests[i] ?? 0, this.#errors[i] ?? 0)
    }
  }

  #put(bucket: number, requests: number, errors: number): void {
    const { steps } = this.resolution
    if (this.#newest >= 0 && bucket <= this.#newest - steps) return
    if (bucket > this.#newest) {
      const skipped = this.#newest < 0 ? 0 : Math.min(bucket - this.#newest, steps)
      for (let b = bucket - skipped + 1; b <= bucket; b++) {
        this.#requests[b % steps] = 0
        this.#errors[b % steps] = 0
      }
      this.#newest = bucket
    }
    const i = bucket % steps
    // Full, a bucket stays full.
    this.#requests[i] = Math.min(most, (this.#requests[i] ?? 0) + requests)
    this.#errors[i] = Math.min(most, (this.#errors[i] ?? 0) + errors)
  }
}

function bucketOf(time: number, stepMs: number): number {
  return Math.floor(time / stepMs)
}
