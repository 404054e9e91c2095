import type { ResourceMap } from '../snapshot/diff.ts'
import type { Resource } from '../snapshot/resource.ts'

/** What to send, without its nonce. */
export interface Change {
  readonly typeUrl: string
  readonly resources: readonly Resource[]
  /** Delta only. */
  readonly removed: readonly string[]
  /** State of the world, full lists: what is new to the client; the others only stand in the list. */
  readonly fresh?: readonly Resource[]
  /** The map the resources were taken from. */
  readonly from: ResourceMap
  /** True where a client that accepts it has all it asked for of `from`, and nothing else. */
  readonly complete: boolean
}

/** A change that was sent, and what was owed to the client by it. */
export interface InFlight {
  readonly nonce: string
  readonly change: Change
  /** Those that have to be answered although nothing changed; refused, they still have to. */
  readonly forced: Iterable<string>
  /** False once names were added that were not meant when it was sent. */
  complete: boolean
  /** The first on its stream, owed also where there is nothing new. */
  readonly greeting: boolean
}

/** What of a change the client did not have before. */
export function freshOf({ fresh, resources }: Change): readonly Resource[] {
  return fresh ?? resources
}
