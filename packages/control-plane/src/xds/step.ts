import { WeakPairs } from '../collections/index.ts'
import { changedNames, emptyMap, type ResourceMap } from '../snapshot/diff.ts'
import type { Resource } from '../snapshot/resource.ts'

/** The way from one map to another: the same arrays for every client that goes it, so that they share bytes too. */
export interface Step {
  /** Added and changed, in the newer map's order where they are many. */
  readonly resources: readonly Resource[]
  readonly removed: readonly string[]
}

/** By the newer map, then the older. */
const known = new WeakPairs<ResourceMap, ResourceMap, Step>()

export function stepBetween(from: ResourceMap, to: ResourceMap): Step {
  return known.get(to, from) ?? known.set(to, from, between(from, to))
}

/** All of a map, always the same array. */
export function listOf(map: ResourceMap): readonly Resource[] {
  return stepBetween(emptyMap, map).resources
}

const keeping = new WeakMap<Step, readonly Resource[]>()

/** All of the newer map, and what is only in the older: always the same array. */
export function listKeeping(from: ResourceMap, to: ResourceMap): readonly Resource[] {
  const step = stepBetween(from, to)
  let list = keeping.get(step)
  if (!list) {
    list = [...listOf(to), ...step.removed.map(name => from.get(name)!)]
    keeping.set(step, list)
  }
  return list
}

function between(from: ResourceMap, to: ResourceMap): Step {
  if (from === emptyMap) return { resources: [...to.values()], removed: [] }
  const resources = new Map<string, Resource>()
  const removed: string[] = []
  for (const name of changedNames(from, to)) {
    const resource = to.get(name)
    if (resource) resources.set(name, resource)
    else removed.push(name)
  }
  return { resources: inOrder(resources, to), removed }
}

/** In the map's own order, so that clients that asked in another order still share bytes. */
export function inOrder(chosen: ReadonlyMap<string, Resource>, map: ResourceMap): readonly Resource[] {
  if (chosen.size < 2) return [...chosen.values()]
  if (chosen.size > map.size / 8) {
    const resources: Resource[] = []
    for (const name of map.keys()) {
      const resource = chosen.get(name)
      if (resource) resources.push(resource)
    }
    // What has gone from the map, and is waited for.
    if (resources.length < chosen.size)
      for (const [name, resource] of chosen) if (!map.has(name)) resources.push(resource)
    return resources
  }
  return [...chosen.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
