import type { Pieces } from './pieces.ts'
import { Table } from './table.ts'

/** A map whose entries stand in an order that is told beside it. Every key is in the order once; keys without a value are none. */
export class OrderedMap<K, V extends {}> extends Table<K, V> {
  readonly #order: Pieces<K>
  readonly #values: ReadonlyMap<K, V>

  constructor(order: Pieces<K>, values: ReadonlyMap<K, V>) {
    super()
    this.#order = order
    this.#values = values
  }

  get size(): number {
    return this.#values.size
  }

  get(key: K): V | undefined {
    return this.#values.get(key)
  }

  *entries(): MapIterator<[K, V]> {
    for (const piece of this.#order) {
      for (const key of piece) {
        const value = this.#values.get(key)
        if (value !== undefined) yield [key, value]
      }
    }
  }
}
