/** Values by key, many to a key: an index that forgets a key with its last value. */
export class Groups<V> {
  readonly #groups = new Map<string, Set<V>>()

  get(key: string): ReadonlySet<V> {
    return this.#groups.get(key) ?? none
  }

  keys(): Iterable<string> {
    return this.#groups.keys()
  }

  add(key: string, value: V): void {
    const group = this.#groups.get(key)
    if (group) group.add(value)
    else this.#groups.set(key, new Set([value]))
  }

  delete(key: string, value: V): void {
    const group = this.#groups.get(key)
    if (group?.delete(value) && group.size === 0) this.#groups.delete(key)
  }
}

const none: ReadonlySet<never> = new Set()
