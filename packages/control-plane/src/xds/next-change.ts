import { emptyMap, type ResourceMap } from '../snapshot/diff.ts'
import type { Change } from './change.ts'
import { answersAbsent, changeByName } from './change-by-name.ts'
import type { Interest } from './interest.ts'
import { Names } from './names.ts'
import { listKeeping, listOf, stepBetween } from './step.ts'

/**
 * What brings the client from what it holds to `target`. Without `removals`, what is gone stays for now. Nothing to send
 * means that it holds all it asked for.
 */
export function nextChange(interest: Interest, target: ResourceMap, removals: boolean): Change | undefined {
  const { held, forced } = interest
  const plain = held.others.size === 0 && interest.refusals.none
  if (plain && held.map === target && forced.size === 0 && !interest.greet) return undefined
  // Everything is answered anyway where the client has nothing.
  const whole = plain && (forced.size === 0 || (held.map === emptyMap && !waitsForAbsent(interest, target)))
  const change = whole ? changeOfMap(interest, target, removals) : changeByName(interest, target, removals)
  if (change) return change
  held.move(target)
  interest.names.follow(target)
  // There is no way to say in state of the world that a name is not there.
  if (interest.mode === 'sotw' && forced.size > 0) interest.forced = new Names()
  return undefined
}

/** The usual case, at the cost of the change: the client has all of one map, and gets all of another. */
function changeOfMap(interest: Interest, target: ResourceMap, removals: boolean): Change | undefined {
  const { typeUrl, mode, wildcard, names, forced, held } = interest
  const from = held.map
  const step = stepBetween(from, target)
  if (!wildcard) names.follow(target)
  forced.follow(target)
  const all = interest.coversAll(target)
  const resources = all ? step.resources : step.resources.filter(r => interest.subscribes(r.name))
  // Names that are gone are no names of the target any more.
  const gone = wildcard ? step.removed : step.removed.filter(name => names.has(name))
  const complete = removals || gone.length === 0
  const base = { typeUrl, from: target, complete }
  if (mode === 'delta') {
    const absent = [...forced.unmapped].filter(name => !target.has(name))
    const removed = removals ? [...gone, ...absent] : absent
    if (resources.length === 0 && removed.length === 0 && !interest.greet) return undefined
    return { ...base, resources, removed }
  }
  if (!wildcard) {
    if (resources.length > 0) return { ...base, resources, removed: [] }
    // There is no way to say that something is gone.
    if (complete) held.fill(target)
    return undefined
  }
  if (resources.length === 0 && (gone.length === 0 || !removals) && !interest.greet) return undefined
  return { ...base, resources: complete ? listOf(target) : listKeeping(from, target), removed: [], fresh: resources }
}

function waitsForAbsent(interest: Interest, target: ResourceMap): boolean {
  if (!answersAbsent(interest, undefined)) return false
  interest.forced.follow(target)
  return [...interest.forced.unmapped].some(name => !target.has(name))
}
