import { changedNames, emptyMap, type ResourceMap } from '../snapshot/diff.ts'
import { remember } from './interned.ts'

/** Fewer names than this are kept as they are. */
const few = 32
/** For counting which of a map's names are in a list: the number of the list that had each last. */
const marks = new WeakMap<ResourceMap, Map<string, number>>()
let lists = 0

/**
 * The names one client asked for. Most ask for all there is, each naming thousands: then this is a pointer to a map that
 * all of them share, and what is different.
 */
export class Names {
  /** All names of this map, */
  #map: ResourceMap = emptyMap
  /** but not these, */
  readonly #without = new Set<string>()
  /** and these, which it does not have. */
  readonly #own = new Set<string>()
  /** As many names of its own are worth another look at a map to share. */
  #lookAt = few

  get size(): number {
    return this.#map.size - this.#without.size + this.#own.size
  }

  has(name: string): boolean {
    return this.#own.has(name) || (this.#map.has(name) && !this.#without.has(name))
  }

  /** True where it is known without looking at each name that all of the map's are in. */
  coversAll(map: ResourceMap): boolean {
    return this.#map === map && this.#without.size === 0
  }

  add(name: string): void {
    if (this.#map.has(name)) this.#without.delete(name)
    else this.#own.add(name)
  }

  /** Adds many, which most likely are names of this map. */
  addAll(names: readonly string[], map: ResourceMap): void {
    if (this.size === 0 && names.length >= few && this.#share(names, map)) return
    for (const name of names) this.add(name)
    if (this.#own.size < this.#lookAt) return
    const own = [...this.#own]
    this.#own.clear()
    const rest = [...this.#map.keys()].filter(name => !this.#without.has(name))
    this.#without.clear()
    this.#map = emptyMap
    if (!this.#share([...rest, ...own], map)) for (const name of [...rest, ...own]) this.#own.add(name)
    this.#lookAt = 2 * Math.max(few, this.#own.size)
  }

  delete(name: string): boolean {
    if (this.#own.delete(name)) return true
    if (!this.#map.has(name) || this.#without.has(name)) return false
    this.#without.add(name)
    return true
  }

  clear(): void {
    this.#map = emptyMap
    this.#without.clear()
    this.#own.clear()
  }

  /** The same set, told by a newer map: so that the older one can go. */
  follow(map: ResourceMap): void {
    const from = this.#map
    if (from === map || from === emptyMap) return
    for (const name of changedNames(from, map)) {
      if (from.has(name) === map.has(name)) continue
      if (from.has(name)) {
        if (!this.#without.delete(name)) this.#own.add(name)
      } else if (!this.#own.delete(name)) this.#without.add(name)
    }
    this.#map = map
  }

  /** Names that are not in the map this followed last. */
  get unmapped(): ReadonlySet<string> {
    return this.#own
  }

  clone(): Names {
    const copy = new Names()
    copy.#map = this.#map
    for (const name of this.#without) copy.#without.add(name)
    for (const name of this.#own) copy.#own.add(name)
    return copy
  }

  /** True where these are the names, in any order. */
  equals(names: readonly string[]): boolean {
    if (this.#own.size === 0 && this.#without.size === 0) {
      const { hits, misses } = count(names, this.#map)
      return misses === 0 && hits === this.#map.size
    }
    return new Set(names).size === this.size && names.every(name => this.has(name))
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const name of this.#map.keys()) if (!this.#without.has(name)) yield name
    yield* this.#own
  }

  /** Takes the names as those of the map, where at least half of the map is among them. */
  #share(names: readonly string[], map: ResourceMap): boolean {
    if (names.length < map.size / 2) return false
    const { hits, marked, list } = count(names, map)
    if (hits < few || hits < map.size / 2) return false
    this.clear()
    this.#map = map
    if (hits < map.size) for (const [name, mark] of marked) if (mark !== list) this.#without.add(name)
    for (const name of names) if (!marked.has(name)) this.#own.add(name)
    return true
  }
}

/** How many different names of a map are in a list, and how many there are no names of it. */
function count(names: readonly string[], map: ResourceMap) {
  let marked = marks.get(map)
  if (!marked) {
    marked = new Map()
    for (const name of map.keys()) {
      remember(name)
      marked.set(name, 0)
    }
    marks.set(map, marked)
  }
  const list = ++lists
  let [hits, misses] = [0, 0]
  for (const name of names) {
    const mark = marked.get(name)
    if (mark === undefined) misses++
    else if (mark !== list) {
      marked.set(name, list)
      hits++
    }
  }
  return { hits, misses, marked, list }
}
