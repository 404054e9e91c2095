import type { Clock } from '../../runtime/index.ts'

/** Answers that many readers ask for at the same time are worked out once: counted as fresh for `ms`. */
export class Shared {
  readonly #clock: Clock
  readonly #ms: number
  readonly #rows = new Map<string, { readonly at: number; readonly value: Promise<unknown> }>()

  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.#ms = ms
  }

  get<T>(key: string, make: () => Promise<T> | T): Promise<T> {
    const now = this.#clock.now()
    const row = this.#rows.get(key)
    if (row && now - row.at < this.#ms) return row.value as Promise<T>
    for (const [old, { at }] of this.#rows) if (now - at >= this.#ms) this.#rows.delete(old)
    const value = (async () => make())()
    this.#rows.set(key, { at: now, value })
    value.catch(() => this.#rows.delete(key))
    return value
  }
}
