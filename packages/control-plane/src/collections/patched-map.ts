import { Table } from './table.ts'

/**
 * The map with some entries changed (`undefined`: taken away), as a value of its own; the old one stays as it is. Costs about the
 * square root of the map's size, and little memory: what did not change is shared with the old one.
 */
export function patched<K, V extends {}>(
  map: ReadonlyMap<K, V>,
  changes: Iterable<readonly [K, V | undefined]>,
): ReadonlyMap<K, V> {
  const [base, before] = map instanceof PatchedMap ? PatchedMap.parts<K, V>(map) : [map, undefined]
  const patch = new Map(before)
  let size = map.size
  for (const [key, value] of changes) {
    const had = patch.has(key) ? patch.get(key) !== undefined : base.has(key)
    if (value !== undefined) patch.set(key, value)
    else if (base.has(key)) patch.set(key, undefined)
    else patch.delete(key)
    if (had !== (value !== undefined)) size += had ? -1 : 1
  }
  const result = new PatchedMap(base, patch, size)
  return patch.size > Math.max(16, Math.sqrt(base.size)) ? new Map(result) : result
}

class PatchedMap<K, V extends {}> extends Table<K, V> {
  readonly size: number
  readonly #base: ReadonlyMap<K, V>
  readonly #patch: ReadonlyMap<K, V | undefined>

  constructor(base: ReadonlyMap<K, V>, patch: ReadonlyMap<K, V | undefined>, size: number) {
    super()
    this.#base = base
    this.#patch = patch
    this.size = size
  }

  static parts<K, V extends {}>(map: PatchedMap<K, V>) {
    return [map.#base, map.#patch] as const
  }

  get(key: K): V | undefined {
    const patch = this.#patch.get(key)
    return patch !== undefined || this.#patch.has(key) ? patch : this.#base.get(key)
  }

  *entries(): MapIterator<[K, V]> {
    for (const entry of this.#base) {
      const [key] = entry
      if (!this.#patch.has(key)) yield entry
      else {
        const value = this.#patch.get(key)
        if (value !== undefined) yield [key, value]
      }
    }
    for (const [key, value] of this.#patch) if (value !== undefined && !this.#base.has(key)) yield [key, value]
  }
}
