import { changedKeys, rememberChange } from '../collections/index.ts'
import type { Resource } from './resource.ts'

export type ResourceMap = ReadonlyMap<string, Resource>

export const emptyMap: ResourceMap = new Map()

/** Names that are added, changed or gone between two maps of one type. Resources are compared by identity. */
export const changedNames: (from: ResourceMap, to: ResourceMap) => readonly string[] = changedKeys

export { rememberChange }

/** The older map where nothing is different, so that equal maps are one object. */
export function keepIfEqual(before: ResourceMap, after: ResourceMap): ResourceMap {
  if (before.size !== after.size) return after
  for (const [name, resource] of after) if (before.get(name) !== resource) return after
  return before
}
