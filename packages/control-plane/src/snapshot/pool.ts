import type { Resource } from './resource.ts'

/**
 * Equal resources are one object, over all views: bytes are kept once, and everything after this compares pointers.
 * Holds them weakly, so what no view and no proxy has any more goes.
 */
export class ResourcePool {
  readonly #held = new Map<string, WeakRef<Resource>>()
  readonly #gone = new FinalizationRegistry<string>(key => {
    if (this.#held.get(key)?.deref() === undefined) this.#held.delete(key)
  })

  get size(): number {
    return this.#held.size
  }

  find(resource: Resource): Resource | undefined {
    return this.#held.get(keyOf(resource))?.deref()
  }

  add(resource: Resource): Resource {
    const key = keyOf(resource)
    this.#held.set(key, new WeakRef(resource))
    this.#gone.register(resource, key)
    return resource
  }
}

function keyOf(r: Resource): string {
  return `${r.typeUrl}\n${r.name}\n${r.version}`
}
