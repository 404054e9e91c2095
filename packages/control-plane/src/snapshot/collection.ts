import type { TranslatedResource } from '../translate/translated.ts'
import { emptyMap, keepIfEqual, type ResourceMap, rememberChange } from './diff.ts'
import type { Resource } from './resource.ts'

type Accept = (item: TranslatedResource, before: Resource | undefined) => Resource | undefined

/**
 * One type's resources of a view, followed from pass to pass: an item whose message is the same object as in the last pass
 * is passed over.
 */
export class Collection {
  /** Of the last pass; undefined where something of it was not taken as it was translated. */
  #items: readonly TranslatedResource[] | undefined
  #references: readonly unknown[] = []
  #map: ResourceMap = emptyMap
  #names: object = {}

  get map(): ResourceMap {
    return this.#map
  }

  /** Stands for the names of the resources: the same object while they are the same. */
  get names(): object {
    return this.#names
  }

  /**
   * @param accept gives what is published for an item: its resource, or what was there before, or nothing
   * @param references what else `accept` looks at: where one of these is another object, it is asked for every item
   * @param plain says afterwards whether every item was taken as it was translated
   */
  follow(
    items: readonly TranslatedResource[],
    accept: Accept,
    references: readonly unknown[],
    plain: () => boolean,
  ): ResourceMap {
    const known = this.#references.every((r, i) => r === references[i]) ? this.#items : undefined
    const step = known && sameNames(known, items) ? this.#step(known, items, accept) : undefined
    this.#map = step ?? this.#anew(items, accept)
    this.#items = plain() ? items : undefined
    this.#references = references
    return this.#map
  }

  /** Only what is another message now; undefined where one of those cannot be had. */
  #step(
    known: readonly TranslatedResource[],
    items: readonly TranslatedResource[],
    accept: Accept,
  ): ResourceMap | undefined {
    const before = this.#map
    let after: Map<string, Resource> | undefined
    const changed: string[] = []
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!
      if (item.message === known[i]!.message) continue
      const old = before.get(item.name)
      const resource = accept(item, old)
      if (!resource) return undefined
      if (resource === old) continue
      after ??= new Map(before)
      after.set(item.name, resource)
      changed.push(item.name)
    }
    if (!after) return before
    rememberChange(before, after, changed)
    return after
  }

  #anew(items: readonly TranslatedResource[], accept: Accept): ResourceMap {
    const after = new Map<string, Resource>()
    for (const item of items) {
      const resource = accept(item, this.#map.get(item.name))
      if (resource) after.set(item.name, resource)
    }
    const before = this.#map
    if (after.size !== before.size || [...after.keys()].some(name => !before.has(name))) this.#names = {}
    return keepIfEqual(before, after)
  }
}

function sameNames(a: readonly TranslatedResource[], b: readonly TranslatedResource[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i]!.name !== b[i]!.name) return false
  return true
}
