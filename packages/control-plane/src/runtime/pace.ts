/**
 * How long work that can wait is put off, so that it never takes more than its share of the time: a change that proxies wait for
 * must not stand behind it. Milliseconds.
 */
export class Pace {
  readonly #leastMs: number
  #waitMs: number

  constructor(leastMs: number) {
    this.#leastMs = leastMs
    this.#waitMs = leastMs
  }

  /** From now until the work may be done again. */
  get waitMs(): number {
    return this.#waitMs
  }

  /** What the work took this time. */
  took(ms: number): void {
    this.#waitMs = Math.min(mostMs, Math.max(this.#leastMs, ms * timesAsLong))
  }
}

/** A twentieth of the time at most… */
const timesAsLong = 20
/** …and yet every now and then. */
const mostMs = 30_000
