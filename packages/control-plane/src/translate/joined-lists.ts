import type { ProxyView } from '../model/index.ts'

interface Joined<T> {
  readonly first: readonly T[]
  readonly second: readonly T[]
  readonly both: readonly T[]
}

/** Two lists of a view after one another: the same array as long as both are the same. */
export class JoinedLists<T> {
  readonly #byView = new WeakMap<ProxyView, Joined<T>>()

  join(view: ProxyView, first: readonly T[], second: readonly T[]): readonly T[] {
    const known = this.#byView.get(view)
    if (known?.first === first && known.second === second) return known.both
    const both = [...first, ...second]
    this.#byView.set(view, { first, second, both })
    return both
  }
}
