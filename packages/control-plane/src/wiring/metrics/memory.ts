import type { SnapshotEngine } from '../../snapshot/index.ts'
import { typeOf } from './pushes.ts'

/** Distinct resources and their bytes. */
export interface ResourceMemory {
  readonly count: number
  readonly bytes: number
}

/** What the views in use hold of each type, every resource counted once. Looks at every resource of every view. */
export function resourceMemory(views: SnapshotEngine['views']): Readonly<Record<string, ResourceMemory>> {
  const maps = new Map<string, Set<ReadonlyMap<string, { readonly bytes: Uint8Array }>>>()
  for (const { snapshot } of views) {
    for (const [typeUrl, map] of snapshot?.resources ?? []) {
      const held = maps.get(typeUrl) ?? new Set()
      maps.set(typeUrl, held.add(map))
    }
  }
  const all: Record<string, ResourceMemory> = {}
  for (const [typeUrl, held] of maps) {
    const distinct = new Set<{ readonly bytes: Uint8Array }>()
    for (const map of held) for (const resource of map.values()) distinct.add(resource)
    let bytes = 0
    for (const resource of distinct) bytes += resource.bytes.length
    all[typeOf(typeUrl)] = { count: distinct.size, bytes }
  }
  return all
}
