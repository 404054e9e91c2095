import { History } from './history.ts'
import type { Count } from './ring.ts'

/**
 * Histories by key, at most `limit` of them: when there is no room, the one that was counted for longest ago goes, and that is
 * counted too. With it its last hour is forgotten, nothing else.
 */
export class Table<Key> {
  readonly #limit: number
  readonly #keyOf: (key: Key) => string
  /** In the order they were last counted for. */
  readonly #entries = new Map<string, { readonly key: Key; readonly history: History }>()
  dropped = 0

  constructor(limit: number, keyOf: (key: Key) => string) {
    this.#limit = limit
    this.#keyOf = keyOf
  }

  get size(): number {
    return this.#entries.size
  }

  add(key: Key, from: number, to: number, count: Count): void {
    const text = this.#keyOf(key)
    const entry = this.#entries.get(text) ?? { key, history: new History() }
    this.#entries.delete(text)
    this.#entries.set(text, entry)
    entry.history.add(from, to, count)
    if (this.#entries.size <= this.#limit) return
    const [oldest] = this.#entries.keys()
    if (oldest === undefined) return
    this.#entries.delete(oldest)
    this.dropped++
  }

  entries(): Iterable<{ readonly key: Key; readonly history: History }> {
    return this.#entries.values()
  }
}
