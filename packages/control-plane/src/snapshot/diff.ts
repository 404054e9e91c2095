import type { Resource } from './resource.ts'

export type ResourceMap = ReadonlyMap<string, Resource>

export const emptyMap: ResourceMap = new Map()

/** Differences by the newer map, then the older: computed once for all proxies that make the same step. */
const known = new WeakMap<ResourceMap, WeakMap<ResourceMap, readonly string[]>>()

/** Names that are added, changed or gone between two maps of one type. Resources are compared by identity. */
export function changedNames(from: ResourceMap, to: ResourceMap): readonly string[] {
  if (from === to) return []
  const found = known.get(to)?.get(from)
  if (found) return found
  return remember(from, to, bySteps(from, to) ?? byAll(from, to))
}

/** The step by which each map was made from the one before it, which this does not hold. */
const steps = new WeakMap<ResourceMap, { readonly from: WeakRef<ResourceMap>; readonly names: readonly string[] }>()

/** More steps than this are hardly fewer names than all. */
const mostSteps = 32

/** Under churn a proxy comes to the present from some steps back: what those changed is all that can be different. */
function bySteps(from: ResourceMap, to: ResourceMap): readonly string[] | undefined {
  const names = new Set<string>()
  let at: ResourceMap | undefined = to
  for (let i = 0; i < mostSteps && at; i++) {
    const step = steps.get(at)
    for (const name of step?.names ?? []) names.add(name)
    at = step?.from.deref()
    if (at === from) return [...names].filter(name => from.get(name) !== to.get(name))
  }
  return undefined
}

function byAll(from: ResourceMap, to: ResourceMap): readonly string[] {
  const names: string[] = []
  for (const [name, resource] of to) if (from.get(name) !== resource) names.push(name)
  for (const name of from.keys()) if (!to.has(name)) names.push(name)
  return names
}

/** For who made the newer map and so knows what is different. */
export function rememberChange(from: ResourceMap, to: ResourceMap, names: readonly string[]): readonly string[] {
  if (from !== emptyMap) steps.set(to, { from: new WeakRef(from), names })
  return remember(from, to, names)
}

function remember(from: ResourceMap, to: ResourceMap, names: readonly string[]): readonly string[] {
  let pairs = known.get(to)
  if (!pairs) {
    pairs = new WeakMap()
    known.set(to, pairs)
  }
  pairs.set(from, names)
  return names
}

/** The older map where nothing is different, so that equal maps are one object. */
export function keepIfEqual(before: ResourceMap, after: ResourceMap): ResourceMap {
  if (before.size !== after.size) return after
  for (const [name, resource] of after) if (before.get(name) !== resource) return after
  return before
}
