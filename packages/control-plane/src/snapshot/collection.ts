import { inPieces, OrderedMap, type Pieces, patched } from '../collections/index.ts'
import type { TranslatedResource } from '../translate/translated.ts'
import { emptyMap, keepIfEqual, type ResourceMap, rememberChange } from './diff.ts'
import type { Resource } from './resource.ts'
import { type Gone, Taken } from './taken.ts'

type Accept = (item: TranslatedResource, before: Resource | undefined) => Resource | undefined
type Piece = readonly TranslatedResource[]

const none: ReadonlySet<string> = new Set()
const nothing: ReadonlyMap<Piece, Taken> = new Map()

/** One type's resources of a view, followed from pass to pass: a piece of the last pass is passed over. */
export class Collection {
  /** What is published of each piece. */
  #taken = nothing
  /** False where something was not taken as it was translated: then the next pass looks at every item. */
  #plain = false
  #names: Pieces<string> = []
  #values: ResourceMap = emptyMap
  #map: ResourceMap = emptyMap
  #gone = none

  /** Names that the last pass took away. */
  get gone(): ReadonlySet<string> {
    return this.#gone
  }

  /** Names in the map's order. */
  get names(): Pieces<string> {
    return this.#names
  }

  /** The next pass looks at every item. */
  forget(): void {
    this.#plain = false
  }

  /**
   * @param accept gives what is published for an item: its resource, or what was there before, or nothing
   * @param gone what items name and is not there any more: those are looked at again
   * @param plain says afterwards whether every item was taken as it was translated
   */
  follow(items: Pieces<TranslatedResource>, accept: Accept, gone: Gone | undefined, plain: () => boolean): ResourceMap {
    const known = this.#plain ? this.#taken : nothing
    const before = this.#map
    const taken = new Map<Piece, Taken>()
    const made: Taken[] = []
    for (const piece of items) {
      let own = known.get(piece)
      if (!own || (gone && own.needs(gone))) {
        own = take(piece, accept, before)
        made.push(own)
      }
      taken.set(piece, own)
    }
    const changed = new Map<string, Resource | undefined>()
    for (const [piece, old] of this.#taken)
      if (taken.get(piece) !== old) for (const name of old.names) changed.set(name, undefined)
    for (const { resources } of made) for (const resource of resources) changed.set(resource.name, resource)
    for (const [name, resource] of changed) if (before.get(name) === resource) changed.delete(name)
    this.#taken = taken
    this.#plain = plain()
    this.#gone = new Set([...changed.keys()].filter(name => !changed.get(name)))
    if (changed.size > 0) this.#publish(known === nothing, changed)
    return this.#map
  }

  #publish(anew: boolean, changed: ReadonlyMap<string, Resource | undefined>): void {
    const before = this.#map
    const taken = [...this.#taken.values()]
    const values = anew ? wholeOf(taken) : patched(this.#values, changed)
    const count = taken.reduce((sum, { names }) => sum + names.length, 0)
    // Two of one name (which Envoy would not have): the last of all counts, and not the last that changed.
    const twice = count > values.size
    this.#values = twice ? wholeOf(taken) : values
    this.#names = twice ? inPieces([...this.#values.keys()]) : taken.map(({ names }) => names)
    const after = new OrderedMap(this.#names, this.#values)
    this.#map = twice ? keepIfEqual(before, after) : after
    if (!twice) rememberChange(before, after, [...changed.keys()])
  }
}

function take(piece: Piece, accept: Accept, before: ResourceMap): Taken {
  const resources: Resource[] = []
  for (const item of piece) {
    const resource = accept(item, before.get(item.name))
    if (resource) resources.push(resource)
  }
  return new Taken(resources)
}

function wholeOf(taken: readonly Taken[]): ResourceMap {
  const map = new Map<string, Resource>()
  for (const { resources } of taken) for (const resource of resources) map.set(resource.name, resource)
  return map
}
