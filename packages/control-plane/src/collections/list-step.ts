import { firstOf, type ItemChange } from './pieces.ts'

/** What is in one of two lists only. */
export interface ListStep<T> {
  readonly gone: readonly T[]
  readonly come: readonly T[]
}

/** By the newer list: the step by which it was made from an older one, which this does not hold. */
const steps = new WeakMap<object, Known>()

interface Known {
  readonly from: WeakRef<object>
  readonly step: ListStep<unknown>
}

/** A list in order, with some items changed: as many steps as the list has items, but those of copying memory. */
export function patchedList<T>(
  list: readonly T[],
  changes: Iterable<ItemChange<T>>,
  compare: (a: T, b: T) => number,
): readonly T[] {
  const result = [...list]
  const [gone, come]: [T[], T[]] = [[], []]
  for (const { item, gone: goes } of changes) {
    const i = firstOf(result, other => compare(other, item) >= 0)
    const equal = i < result.length && compare(result[i]!, item) === 0
    if (equal) gone.push(result[i]!)
    if (!goes) come.push(item)
    result.splice(i, equal ? 1 : 0, ...(goes ? [] : [item]))
  }
  steps.set(result, { from: new WeakRef(list), step: { gone, come } })
  return result
}

/** More steps than this are hardly less to look at than two lists. */
const mostSteps = 32

/** The way from one list to another: known where one was made from the other by patching, else found by looking at all. */
export function listStep<T>(from: readonly T[], to: readonly T[]): ListStep<T> {
  const [gone, come] = [new Set<T>(), new Set<T>()]
  let at: object | undefined = to
  for (let i = 0; at !== from; i++) {
    const known: Known | undefined = i < mostSteps && at ? steps.get(at) : undefined
    if (!known)
      return { gone: [...new Set(from).difference(new Set(to))], come: [...new Set(to).difference(new Set(from))] }
    const step = known.step as ListStep<T>
    // From the newest back: what came and went again is no difference.
    for (const item of step.come) if (!gone.delete(item)) come.add(item)
    for (const item of step.gone) if (!come.delete(item)) gone.add(item)
    at = known.from.deref()
  }
  return { gone: [...gone], come: [...come] }
}
