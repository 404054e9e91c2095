import type { Resource } from '../snapshot/resource.ts'

/** Endpoint sets that a client is waited for to have. Of a client that begins, all: a pointer to the list it was sent. */
export class Awaited {
  readonly #names = new Set<string>()
  #clusters: readonly Resource[] = []
  /** Up to here in the list they are there. */
  #at = 0

  /** At least this many; 0 where none is left. */
  get size(): number {
    return this.#names.size + this.#clusters.length - this.#at
  }

  add(endpointSet: string): void {
    this.#names.add(endpointSet)
  }

  /** The endpoint sets of all these clusters, and of no others. */
  addAll(clusters: readonly Resource[]): void {
    this.clear()
    if (clusters.some(c => c.endpointSet !== undefined)) this.#clusters = clusters
  }

  clear(): void {
    this.#names.clear()
    this.#clusters = []
    this.#at = 0
  }

  /** Forgets those that are there. Stops where one of the list is missing. */
  drop(isThere: (endpointSet: string) => boolean): void {
    for (const name of this.#names) if (isThere(name)) this.#names.delete(name)
    for (; this.#at < this.#clusters.length; this.#at++) {
      const { endpointSet } = this.#clusters[this.#at]!
      if (endpointSet !== undefined && !isThere(endpointSet)) return
    }
    this.#clusters = []
    this.#at = 0
  }
}
