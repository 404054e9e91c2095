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
  const names: string[] = []
  for (const [name, resource] of to) if (from.get(name) !== resource) names.push(name)
  for (const name of from.keys()) if (!to.has(name)) names.push(name)
  return rememberChange(from, to, names)
}

/** For who made the newer map and so knows what is different. */
export function rememberChange(from: ResourceMap, to: ResourceMap, names: readonly string[]): readonly string[] {
  let steps = known.get(to)
  if (!steps) {
    steps = new WeakMap()
    known.set(to, steps)
  }
  steps.set(from, names)
  return names
}

/** The older map where nothing is different, so that equal maps are one object. */
export function keepIfEqual(before: ResourceMap, after: ResourceMap): ResourceMap {
  if (before.size !== after.size) return after
  for (const [name, resource] of after) if (before.get(name) !== resource) return after
  return before
}
