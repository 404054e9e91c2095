/** One key's change: `before` or `after` is undefined where it was not, or is no longer, there. */
export interface Change<V> {
  readonly before?: V
  readonly after?: V
}

/** All changes since the last notice, by key; a key that came and went is not in it. */
export type Changes<V> = ReadonlyMap<string, Change<V>>

/** A keyed table of immutable values. Listeners hear of changes together, once per turn of the event loop. */
export class Table<V> {
  #values = new Map<string, V>()
  #pending = new Map<string, V | undefined>()
  readonly #listeners = new Set<(changes: Changes<V>) => void>()
  readonly #schedule: (task: () => void) => void

  /** @param schedule runs a task soon, but after the present one: default setImmediate */
  constructor(schedule: (task: () => void) => void = setImmediate) {
    this.#schedule = schedule
  }

  get size(): number {
    return this.#values.size
  }

  get(key: string): V | undefined {
    return this.#values.get(key)
  }

  entries(): Iterable<[string, V]> {
    return this.#values.entries()
  }

  values(): Iterable<V> {
    return this.#values.values()
  }

  set(key: string, value: V): void {
    if (this.#values.get(key) === value) return
    this.#remember(key)
    this.#values.set(key, value)
  }

  delete(key: string): void {
    if (!this.#values.has(key)) return
    this.#remember(key)
    this.#values.delete(key)
  }

  /** Makes `next` the whole content. */
  replace(next: ReadonlyMap<string, V>): void {
    for (const key of [...this.#values.keys()]) if (!next.has(key)) this.delete(key)
    for (const [key, value] of next) this.set(key, value)
  }

  /** @returns ends the subscription */
  subscribe(listener: (changes: Changes<V>) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Gives notice of what is pending now, without waiting for the turn to end. */
  flush(): void {
    const pending = this.#pending
    this.#pending = new Map()
    const changes = new Map<string, Change<V>>()
    for (const [key, before] of pending) {
      const after = this.#values.get(key)
      if (before !== after) changes.set(key, { before, after })
    }
    if (changes.size > 0) for (const listener of [...this.#listeners]) listener(changes)
  }

  #remember(key: string): void {
    if (this.#pending.has(key)) return
    if (this.#pending.size === 0) this.#schedule(() => this.flush())
    this.#pending.set(key, this.#values.get(key))
  }
}
