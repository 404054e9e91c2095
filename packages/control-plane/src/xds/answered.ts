import { freshOf, type InFlight } from './change.ts'
import type { Interest } from './interest.ts'
import type { Refusal } from './request.ts'

/** The client took in what was sent. */
export function accept(interest: Interest, { change, complete }: InFlight): void {
  const { from, resources, removed, fresh } = change
  const { held, refusals } = interest
  if (complete) held.fill(from)
  else {
    held.move(from)
    for (const { name } of freshOf(change)) {
      // Not where it got its last good one instead of what it refused.
      if (!interest.isRefused(from.get(name))) refusals.drop(name)
    }
    for (const resource of resources) {
      held.set(resource.name, interest.subscribes(resource.name) ? resource : undefined)
    }
    const listed = fresh && new Set(resources.map(r => r.name))
    const gone = listed ? [...held.values()].map(r => r.name).filter(name => !listed.has(name)) : removed
    for (const name of gone) {
      refusals.drop(name)
      held.set(name, undefined)
    }
  }
  interest.names.follow(from)
}

/** The client refused what was sent: it has what it had before. */
export function refuse(interest: Interest, { change, forced, greeting }: InFlight, words: string): readonly Refusal[] {
  const fresh = freshOf(change)
  if (fresh.length === 0) {
    // Only removals: there is nothing to hold back, and sending them again would be refused again.
    for (const name of change.removed) interest.held.set(name, undefined)
    return []
  }
  for (const name of forced) interest.force(name)
  // It has a list from an earlier stream still.
  if (greeting) interest.greet = true
  return interest.refusals.refused(fresh, words)
}
