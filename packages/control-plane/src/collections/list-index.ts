import { type ListStep, listStep } from './list-step.ts'

/** What is found out about a list as a whole, followed from list to list at the cost of what changed. */
export class ListIndex<T, X> {
  readonly #build: (list: readonly T[]) => X
  readonly #patch: (index: X, step: ListStep<T>) => X
  readonly #known = new WeakMap<readonly T[], X>()
  /** The list that was asked for last. */
  #last: readonly T[] | undefined

  /** @param patch gives what `build` would give for the newer list; the older index stays as it is */
  constructor(build: (list: readonly T[]) => X, patch: (index: X, step: ListStep<T>) => X) {
    this.#build = build
    this.#patch = patch
  }

  of(list: readonly T[]): X {
    const found = this.#known.get(list)
    if (found !== undefined) return found
    const index = this.#followed(list) ?? this.#build(list)
    this.#known.set(list, index)
    this.#last = list
    return index
  }

  #followed(list: readonly T[]): X | undefined {
    const before = this.#last && this.#known.get(this.#last)
    if (!this.#last || before === undefined) return undefined
    const step = listStep(this.#last, list)
    // A list of another kind: that is no step.
    return step.gone.length + step.come.length > list.length / 2 ? undefined : this.#patch(before, step)
  }
}
