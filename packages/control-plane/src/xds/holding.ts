import { changedNames, emptyMap, type ResourceMap } from '../snapshot/diff.ts'
import type { Resource } from '../snapshot/resource.ts'

/** What a client asked for, as far as a holding has to know. */
export interface Scope {
  subscribes(name: string): boolean
  /** True where it is known without looking that all of the map's names are asked for. */
  coversAll(map: ResourceMap): boolean
}

/**
 * What one client has accepted: of a map that all clients of its view share, what it asked for; and where it has
 * something else, that. A client in step costs a pointer, whatever the size of the mesh.
 */
export class Holding {
  readonly #scope: Scope
  #map: ResourceMap = emptyMap
  /** Undefined: it does not have what the map has under this name. */
  readonly #others = new Map<string, Resource | undefined>()

  constructor(scope: Scope) {
    this.#scope = scope
  }

  /** The map it is told by. */
  get map(): ResourceMap {
    return this.#map
  }
  /** Names where it may have something else than the map. */
  get others(): ReadonlyMap<string, Resource | undefined> {
    return this.#others
  }

  get(name: string): Resource | undefined {
    const other = this.#others.get(name)
    if (other || this.#others.has(name)) return other
    const resource = this.#map.get(name)
    return resource && this.#scope.subscribes(name) ? resource : undefined
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  get size(): number {
    let size = 0
    if (this.#scope.coversAll(this.#map)) {
      size = this.#map.size
      for (const [name, other] of this.#others) size += (other ? 1 : 0) - (this.#map.has(name) ? 1 : 0)
      return size
    }
    for (const _ of this.values()) size++
    return size
  }

  *values(): Generator<Resource> {
    for (const [name, resource] of this.#map) {
      if (!this.#others.has(name) && this.#scope.subscribes(name)) yield resource
    }
    for (const other of this.#others.values()) if (other) yield other
  }

  set(name: string, resource: Resource | undefined): void {
    if (this.#scope.subscribes(name) ? this.#map.get(name) === resource : resource === undefined) {
      this.#others.delete(name)
    } else this.#others.set(name, resource)
  }

  /** A name comes into scope: the client does not have it yet. */
  lack(name: string): void {
    if (this.#map.has(name) && !this.#others.has(name)) this.#others.set(name, undefined)
  }

  /** Told by another map, the same holding: what is different between the maps becomes an exception. */
  move(map: ResourceMap): void {
    if (map === this.#map) return
    for (const name of changedNames(this.#map, map)) {
      if (!this.#others.has(name) && this.#scope.subscribes(name)) this.#others.set(name, this.#map.get(name))
    }
    this.#map = map
    for (const [name, other] of this.#others) this.set(name, other)
  }

  /** The client has all of the map that it asked for, and nothing else. */
  fill(map: ResourceMap): void {
    this.#map = map
    if (this.#others.size > 0) this.#others.clear()
  }

  /** Everything comes into scope: the client has no more than before. To be called before it does. */
  widen(): void {
    const held = [...this.values()]
    this.fill(emptyMap)
    for (const resource of held) this.#others.set(resource.name, resource)
  }

  /** Out of scope now: not held any more. */
  narrow(): void {
    for (const name of [...this.#others.keys()]) if (!this.#scope.subscribes(name)) this.#others.delete(name)
  }
}
