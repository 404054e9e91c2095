const growth = Math.log(1.02)

/** Counts of durations in buckets 2% wide: bounded memory however long a run is. */
export class Histogram {
  readonly #buckets = new Map<number, number>()
  #count = 0
  #max = 0

  get count(): number {
    return this.#count
  }

  record(ms: number): void {
    const bucket = Math.ceil(Math.log(Math.max(ms, 0.01)) / growth)
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1)
    this.#count++
    this.#max = Math.max(this.#max, ms)
  }

  /** Milliseconds that `percent` of all durations did not exceed, within 2%; 0 when there are none. */
  percentile(percent: number): number {
    let left = Math.ceil((this.#count * percent) / 100)
    if (left <= 0) return 0
    for (const bucket of [...this.#buckets.keys()].sort((a, b) => a - b)) {
      left -= this.#buckets.get(bucket) ?? 0
      if (left <= 0) return round(Math.min(Math.exp(bucket * growth), this.#max))
    }
    return round(this.#max)
  }

  get max(): number {
    return round(this.#max)
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}
