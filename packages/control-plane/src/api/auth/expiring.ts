import type { Clock } from '../../runtime/index.ts'

const most = 10_000

/** Values with the time they were set, oldest first; bounded in number and age. */
export class Expiring<T> {
  readonly #clock: Clock
  readonly #keepMs: number
  readonly #rows = new Map<string, { readonly value: T; readonly at: number }>()

  constructor(clock: Clock, keepMs: number) {
    this.#clock = clock
    this.#keepMs = keepMs
  }

  /** Undefined where it is older than `maxAgeMs`. */
  get(key: string, maxAgeMs: number): T | undefined {
    const row = this.#rows.get(key)
    return row && this.#clock.now() - row.at <= maxAgeMs ? row.value : undefined
  }

  set(key: string, value: T): void {
    const now = this.#clock.now()
    this.#rows.delete(key)
    this.#rows.set(key, { value, at: now })
    for (const [old, { at }] of this.#rows) {
      if (now - at <= this.#keepMs && this.#rows.size <= most) break
      this.#rows.delete(old)
    }
  }

  delete(key: string): void {
    this.#rows.delete(key)
  }
}
