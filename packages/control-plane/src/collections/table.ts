/** A map that says what it holds by `get` and `entries`; the rest of a map follows. */
export abstract class Table<K, V extends {}> implements ReadonlyMap<K, V> {
  abstract readonly size: number
  abstract get(key: K): V | undefined
  abstract entries(): MapIterator<[K, V]>

  has(key: K): boolean {
    return this.get(key) !== undefined
  }

  *keys(): MapIterator<K> {
    for (const [key] of this.entries()) yield key
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries()
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this)
  }
}
