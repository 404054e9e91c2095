import { hasAny, type Pieces } from '../collections/index.ts'
import type { Mesh, ProxyView } from '../model/index.ts'
import { changedHosts } from './changed-hosts.ts'
import type { Scope } from './scope.ts'

/** What is made for an item, and the hosts it stands on. */
export interface Standing<T> {
  readonly made: T
  readonly hosts: Iterable<string>
}

interface MadePiece<T> {
  readonly items: readonly T[]
  readonly hosts: ReadonlySet<string>
}

interface Last<I, T> {
  readonly mesh: Mesh
  readonly pieces: ReadonlyMap<readonly I[], MadePiece<T>>
}

/**
 * What is made for each item of a view's list, followed from mesh to mesh: a piece of the list that was there before, and that
 * stands on no host that changed, is not looked at. Pieces of the result are the same arrays then.
 */
export class FollowedList<I, T> {
  readonly #byView = new WeakMap<ProxyView, Last<I, T>>()

  /** @param make looks at nothing but the item, the hosts it gives, and what holds for the whole mesh */
  follow({ view, mesh }: Scope, items: Pieces<I>, make: (item: I) => Standing<T>): Pieces<T> {
    const last = this.#byView.get(view)
    const changed = last ? changedHosts(last.mesh, mesh) : 'all'
    const pieces = new Map<readonly I[], MadePiece<T>>()
    for (const piece of items) {
      const known = changed === 'all' ? undefined : last?.pieces.get(piece)
      const stands = known && changed !== 'all' && !hasAny(known.hosts, changed)
      pieces.set(piece, stands ? known : madePiece(piece, make))
    }
    this.#byView.set(view, { mesh, pieces })
    return [...pieces.values()].map(made => made.items)
  }
}

function madePiece<I, T>(piece: readonly I[], make: (item: I) => Standing<T>): MadePiece<T> {
  const items: T[] = []
  const on = new Set<string>()
  for (const item of piece) {
    const { made, hosts } = make(item)
    items.push(made)
    for (const host of hosts) on.add(host)
  }
  return { items, hosts: on }
}
