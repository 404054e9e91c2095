import { WeakPairs } from './weak-pairs.ts'

type AnyMap<K, V> = ReadonlyMap<K, V>

/** Differences by the newer map, then the older: computed once for all who make the same step. */
const known = new WeakPairs<object, object, readonly unknown[]>()

/** Keys that are added, changed or gone between two maps. Values are compared by identity. */
export function changedKeys<K, V>(from: AnyMap<K, V>, to: AnyMap<K, V>): readonly K[] {
  if (from === to) return []
  const found = known.get(to, from)
  if (found) return found as readonly K[]
  const keys = bySteps(from, to) ?? byAll(from, to)
  known.set(to, from, keys)
  return keys
}

/** The step by which each map was made from the one before it, which this does not hold. */
const steps = new WeakMap<object, { readonly from: WeakRef<object>; readonly keys: readonly unknown[] }>()

/** More steps than this are hardly fewer keys than all. */
const mostSteps = 32

/** Who comes to the present from some steps back: what those changed is all that can be different. */
function bySteps<K, V>(from: AnyMap<K, V>, to: AnyMap<K, V>): readonly K[] | undefined {
  const keys = new Set<K>()
  let at: object | undefined = to
  for (let i = 0; i < mostSteps && at; i++) {
    const step = steps.get(at)
    for (const key of step?.keys ?? []) keys.add(key as K)
    at = step?.from.deref()
    if (at === from) return [...keys].filter(key => from.get(key) !== to.get(key))
  }
  return undefined
}

function byAll<K, V>(from: AnyMap<K, V>, to: AnyMap<K, V>): readonly K[] {
  const keys: K[] = []
  for (const [key, value] of to) if (from.get(key) !== value) keys.push(key)
  for (const key of from.keys()) if (!to.has(key)) keys.push(key)
  return keys
}

/** For who made the newer map and so knows what is different. */
export function rememberChange<K, V>(from: AnyMap<K, V>, to: AnyMap<K, V>, keys: readonly K[]): readonly K[] {
  if (from.size > 0) steps.set(to, { from: new WeakRef(from), keys })
  known.set(to, from, keys)
  return keys
}
