import type { Mesh, ProxyView } from '../model/index.ts'
import { changedHosts } from './changed-hosts.ts'
import type { Scope } from './scope.ts'

interface Last<I, T> {
  readonly mesh: Mesh
  readonly items: readonly I[]
  readonly made: readonly T[]
}

/** How far an item is looked for in the last list, where some have gone. */
const reach = 8

/**
 * What is made for each item of a view's list, followed from mesh to mesh: made again for items that are new or that changed
 * hosts touch, taken over for all others. The same array where all of it is.
 */
export class FollowedList<I, T> {
  readonly #byView = new WeakMap<ProxyView, Last<I, T>>()

  /**
   * @param touches true where what was made for the item stands on one of the hosts
   * @param make looks at nothing but the item, those hosts, and what holds for the whole mesh
   */
  follow(
    { view, mesh }: Scope,
    items: readonly I[],
    touches: (item: I, made: T, hosts: ReadonlySet<string>) => boolean,
    make: (item: I) => T,
  ): readonly T[] {
    const last = this.#byView.get(view)
    const hosts = last ? changedHosts(last.mesh, mesh) : 'all'
    const step = (l: Last<I, T>, h: ReadonlySet<string>) =>
      l.items === items && h.size === 0 ? l.made : merged(l, items, (item, made) => touches(item, made, h), make)
    const made = last && hosts !== 'all' ? step(last, hosts) : items.map(make)
    this.#byView.set(view, { mesh, items, made })
    return made
  }
}

function merged<I, T>(
  last: Last<I, T>,
  items: readonly I[],
  touched: (item: I, made: T) => boolean,
  make: (item: I) => T,
): readonly T[] {
  const result: T[] = []
  let same = items.length === last.items.length
  let k = 0
  for (const item of items) {
    let at = k
    while (at < k + reach && last.items[at] !== item) at++
    let made: T
    if (at < k + reach && !touched(item, last.made[at]!)) made = last.made[at]!
    else made = make(item)
    if (at < k + reach) k = at + 1
    // In lists of one length what is not there stands in another's place.
    else if (items.length === last.items.length) k++
    if (made !== last.made[result.length]) same = false
    result.push(made)
  }
  return same ? last.made : result
}
