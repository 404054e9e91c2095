import type { Resource } from './resource.ts'

/**
 * Equal resources are one object, over all views: bytes are kept once, and everything after this compares pointers.
 * Holds them weakly, so what no view and no proxy has any more goes.
 */
export class ResourcePool {
  readonly #byType = new Map<string, OfType>()

  get size(): number {
    return [...this.#byType.values()].reduce((sum, { held }) => sum + held.size, 0)
  }

  find({ typeUrl, name, version }: Resource): Resource | undefined {
    const found = this.#byType.get(typeUrl)?.held.get(version)?.deref()
    return found?.name === name ? found : undefined
  }

  add(resource: Resource): Resource {
    const { typeUrl, version } = resource
    let ofType = this.#byType.get(typeUrl)
    if (!ofType) {
      ofType = new OfType()
      this.#byType.set(typeUrl, ofType)
    }
    ofType.add(version, resource)
    return resource
  }
}

/** Resources of one type by their version: the name stands in the bytes that it is a hash of. */
class OfType {
  readonly held = new Map<string, WeakRef<Resource>>()
  readonly #gone = new FinalizationRegistry<string>(version => {
    if (this.held.get(version)?.deref() === undefined) this.held.delete(version)
  })

  add(version: string, resource: Resource): void {
    this.held.set(version, new WeakRef(resource))
    this.#gone.register(resource, version)
  }
}
