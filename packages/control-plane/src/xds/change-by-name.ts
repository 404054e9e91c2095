import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { changedNames, type ResourceMap } from '../snapshot/diff.ts'
import { contentHash } from '../snapshot/encode.ts'
import { type Resource, typeUrls } from '../snapshot/resource.ts'
import type { Change } from './change.ts'
import type { Interest } from './interest.ts'
import { inOrder } from './step.ts'

/** The client has something else than all of one map, or waits for what it has: name by name. */
export function changeByName(interest: Interest, target: ResourceMap, removals: boolean): Change | undefined {
  const { typeUrl, mode, wildcard } = interest
  const { changed, gone } = candidates(interest, target, removals)
  if (changed.size === 0 && gone.length === 0 && !interest.greet) return undefined
  const base = { typeUrl, from: target, complete: false }
  if (mode === 'delta') return { ...base, resources: inOrder(changed, target), removed: gone }
  if (wildcard) {
    return { ...base, resources: fullList(interest, changed, gone, target), removed: [], fresh: [...changed.values()] }
  }
  // There is no way to say that something is gone.
  for (const name of gone) interest.forget(name)
  return changed.size === 0 ? undefined : { ...base, resources: inOrder(changed, target), removed: [] }
}

/**
 * A cluster that is under way makes the client wait for its endpoints, and acknowledge no clusters before it has them. If
 * they are gone by then it must get some all the same, or the cluster could never be taken away. In delta "there are none"
 * can be said for what it does not have.
 */
export function answersAbsent({ typeUrl, mode }: Interest, have: Resource | undefined): boolean {
  return typeUrl === typeUrls.endpoint && (mode === 'sotw' || have !== undefined)
}

function candidates(interest: Interest, target: ResourceMap, removals: boolean) {
  const { refusals } = interest
  const changed = new Map<string, Resource>()
  const suspected = new Map<string, Resource>()
  const gone: string[] = []
  for (const name of open(interest, target)) {
    const want = interest.subscribes(name) ? target.get(name) : undefined
    const have = interest.held.get(name)
    const forced = interest.forced.has(name)
    if (!want && forced && interest.subscribes(name) && answersAbsent(interest, have)) {
      changed.set(name, have && have.bytes.length > 0 ? have : noEndpoints(name))
    } else if (!want) {
      // In delta, a name that is asked for and not there is answered too.
      if (have ? removals : forced && interest.mode === 'delta') gone.push(name)
    } else if (interest.isRefused(want)) {
      // The client keeps its last good one; if it asks for it, that is what it gets.
      if (forced && have && have.version !== want.version && have.bytes.length > 0) changed.set(name, have)
      else interest.forced.delete(name)
    } else if (want === have && !forced) continue
    else if (refusals.isSuspect(name)) suspected.set(name, want)
    else changed.set(name, want)
  }
  if (changed.size === 0 && suspected.size > 0) {
    for (const [name, resource] of suspected) if (changed.size < refusals.chunk) changed.set(name, resource)
  }
  return { changed, gone }
}

/** Names that have to be looked at. */
function open(interest: Interest, target: ResourceMap): ReadonlySet<string> {
  const { held, forced } = interest
  const open = new Set<string>()
  for (const name of changedNames(held.map, target)) if (interest.subscribes(name)) open.add(name)
  for (const name of held.others.keys()) open.add(name)
  for (const name of forced) open.add(name)
  return open
}

/** State of the world, wildcard: always the full list; what is held back stands in it as the client has it. */
function fullList(
  { held }: Interest,
  changed: ReadonlyMap<string, Resource>,
  gone: readonly string[],
  target: ResourceMap,
): readonly Resource[] {
  const resources: Resource[] = []
  for (const [name, resource] of target) {
    const chosen = changed.get(name) ?? held.get(name)
    if (chosen) resources.push(chosen.bytes.length > 0 ? chosen : resource)
  }
  const leaving = new Set(gone)
  for (const resource of held.values()) {
    const { name, bytes } = resource
    if (!target.has(name) && !leaving.has(name) && bytes.length > 0) resources.push(resource)
  }
  return resources
}

/** An assignment without hosts. Its bytes are the name, field 1 of ClusterLoadAssignment. */
function noEndpoints(name: string): Resource {
  const bytes = new BinaryWriter()
    .uint32((1 << 3) | WireType.LengthDelimited)
    .string(name)
    .finish()
  return { typeUrl: typeUrls.endpoint, name, bytes, version: contentHash(bytes), origins: [] }
}
