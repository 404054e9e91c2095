import type { KubeObject } from '@isthmus/kubernetes'
import { yamlOf } from './yaml.ts'

export interface Version {
  readonly resourceVersion: string
  readonly at: number
  readonly who: string
  readonly yaml: string
  readonly deleted: boolean
}

interface ManagedField {
  readonly manager?: string
  readonly time?: string
  readonly subresource?: string
}

const versionsOfOne = 20
const mostBytes = 32 * 1024 * 1024

/** Versions of objects as they were seen, newest first; bounded in number for each object and in bytes for all. */
export class History {
  readonly #now: () => number
  readonly #objects = new Map<string, readonly Version[]>()
  readonly #writers = new Map<string, string>()
  readonly #known = new Map<string, KubeObject>()
  #bytes = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** A user wrote this version through this API: said in place of the field manager, also where the watch saw it first. */
  wrote(key: string, object: KubeObject, user: string): void {
    const { uid = '', resourceVersion = '' } = object.metadata
    if (this.#writers.size > 10_000) this.#writers.clear()
    this.#writers.set(`${uid} ${resourceVersion}`, user)
    const had = this.#objects.get(key)
    if (had?.[0]?.resourceVersion === resourceVersion)
      this.#objects.set(key, [{ ...had[0], who: user }, ...had.slice(1)])
    else this.seen(key, object)
  }

  /** Only another spec, labels or annotations are a version; a status is not. */
  seen(key: string, object: KubeObject, deleted = false): void {
    if (deleted) this.#known.delete(key)
    else this.#known.set(key, object)
    const yaml = yamlOf(object)
    const had = this.#objects.get(key) ?? []
    const last = had[0]
    if (last && last.deleted === deleted && last.yaml === yaml) return
    const { uid = '', resourceVersion = '' } = object.metadata
    const who = this.#writers.get(`${uid} ${resourceVersion}`) ?? managerOf(object)
    const version = { resourceVersion, at: this.#now(), who, yaml, deleted }
    const next = [version, ...had].slice(0, versionsOfOne)
    this.#bytes += yaml.length - had.slice(versionsOfOne - 1).reduce((sum, v) => sum + v.yaml.length, 0)
    // Moved to the end: what was not changed for longest is forgotten first.
    this.#objects.delete(key)
    this.#objects.set(key, next)
    for (const [old, versions] of this.#objects) {
      if (this.#bytes <= mostBytes || old === key) break
      this.#bytes -= versions.reduce((sum, v) => sum + v.yaml.length, 0)
      this.#objects.delete(old)
    }
  }

  /** What was known and is not among `keys` has been deleted while nobody looked. */
  gone(prefix: string, keys: ReadonlySet<string>): void {
    for (const [key, object] of this.#known) if (key.startsWith(prefix) && !keys.has(key)) this.seen(key, object, true)
  }

  versions(key: string): readonly Version[] {
    return this.#objects.get(key) ?? []
  }

  /** Objects there are now whose key begins so. */
  known(prefix: string): readonly KubeObject[] {
    return [...this.#known].filter(([key]) => key.startsWith(prefix)).map(([, object]) => object)
  }
}

/** Who wrote last, as the API server noted it. */
function managerOf(object: KubeObject): string {
  const fields = (object.metadata as { managedFields?: readonly ManagedField[] }).managedFields ?? []
  const own = fields.filter(f => f.subresource !== 'status')
  const newest = own.toSorted((a, b) => (a.time ?? '').localeCompare(b.time ?? '')).at(-1)
  return newest?.manager ?? ''
}
