import { patched } from '../collections/index.ts'
import type { TranslatedResource } from '../translate/translated.ts'
import { emptyMap, keepIfEqual, type ResourceMap, rememberChange } from './diff.ts'
import type { Resource } from './resource.ts'

type Accept = (item: TranslatedResource, before: Resource | undefined) => Resource | undefined
/** True where what is published must be looked at again, although it is translated as before: something it names has gone. */
type Stale = (resource: Resource) => boolean

const none: ReadonlySet<string> = new Set()

/**
 * One type's resources of a view, followed from pass to pass: an item that is the same object as in the last pass
 * is passed over.
 */
export class Collection {
  /** Of the last pass; undefined where something of it was not taken as it was translated. */
  #items: readonly TranslatedResource[] | undefined
  /** What is published for each of them, in their order. */
  #taken: readonly Resource[] = []
  #map: ResourceMap = emptyMap
  #gone = none

  /** Names that the last pass took away. */
  get gone(): ReadonlySet<string> {
    return this.#gone
  }

  /** The next pass looks at every item. */
  forget(): void {
    this.#items = undefined
  }

  /**
   * @param accept gives what is published for an item: its resource, or what was there before, or nothing
   * @param plain says afterwards whether every item was taken as it was translated
   */
  follow(items: readonly TranslatedResource[], accept: Accept, stale: Stale | undefined, plain: () => boolean) {
    const known = this.#items
    if (items === known && !stale) {
      this.#gone = none
      return this.#map
    }
    const step = known && sameNames(known, items) ? this.#step(known, items, accept, stale) : undefined
    if (step) this.#gone = none
    this.#map = step ?? this.#anew(known, items, accept, stale)
    this.#items = plain() ? items : undefined
    return this.#map
  }

  /** Only what is another message now; undefined where one of those cannot be had. */
  #step(
    known: readonly TranslatedResource[],
    items: readonly TranslatedResource[],
    accept: Accept,
    stale: Stale | undefined,
  ): ResourceMap | undefined {
    const before = this.#map
    let taken: Resource[] | undefined
    const changed = new Map<string, Resource>()
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!
      const old = this.#taken[i]!
      if (known[i] === item && !stale?.(old)) continue
      const resource = accept(item, old)
      if (!resource) return undefined
      if (resource === old) continue
      taken ??= [...this.#taken]
      taken[i] = resource
      changed.set(item.name, resource)
    }
    if (!taken) return before
    this.#taken = taken
    const after = patched(before, changed)
    rememberChange(before, after, [...changed.keys()])
    return after
  }

  #anew(
    known: readonly TranslatedResource[] | undefined,
    items: readonly TranslatedResource[],
    accept: Accept,
    stale: Stale | undefined,
  ): ResourceMap {
    const before = this.#map
    const after = new Map<string, Resource>()
    const taken: Resource[] = []
    const changed: string[] = []
    let [k, added] = [0, 0]
    for (const item of items) {
      // Both lists are in one order: what was added or taken away shifts it by a place.
      if (known?.[k] !== item && known?.[k + 1] === item) k++
      const followed = known?.[k] === item
      const old = followed ? this.#taken[k] : before.get(item.name)
      const resource = followed && old && !stale?.(old) ? old : accept(item, old)
      if (known?.[k]?.name === item.name) k++
      if (!resource) continue
      if (!old) added++
      after.set(item.name, resource)
      taken.push(resource)
      if (resource !== old) changed.push(item.name)
    }
    this.#taken = taken
    const left = before.size + added === after.size
    this.#gone = left ? none : new Set([...before.keys()].filter(name => !after.has(name)))
    if (changed.length === 0 && this.#gone.size === 0) return keepIfEqual(before, after)
    rememberChange(before, after, [...changed, ...this.#gone])
    return after
  }
}

function sameNames(a: readonly TranslatedResource[], b: readonly TranslatedResource[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i]!.name !== b[i]!.name) return false
  return true
}
