/** Values by two objects together, each kept for as long as both of them are. */
export class WeakPairs<A extends object, B extends object, V> {
  readonly #byFirst = new WeakMap<A, WeakMap<B, V>>()

  get(first: A, second: B): V | undefined {
    return this.#byFirst.get(first)?.get(second)
  }

  /** Gives the value back. */
  set(first: A, second: B, value: V): V {
    let bySecond = this.#byFirst.get(first)
    if (!bySecond) {
      bySecond = new WeakMap()
      this.#byFirst.set(first, bySecond)
    }
    bySecond.set(second, value)
    return value
  }
}
