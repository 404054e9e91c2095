import { WeakPairs } from '../collections/index.ts'
import type { ProxyView } from '../model/index.ts'
import { alike } from './alike.ts'

interface Entry<T> {
  /** Everything it was made from, compared by identity: what did not change is the same object. */
  readonly from: readonly unknown[]
  readonly made: T
}

/**
 * What was made for a view of an earlier mesh, given again where all it is made from is the same: it need not be encoded
 * again either. Goes with the view, and with the part of the model that it is about.
 */
export class Memory<T> {
  readonly #entries = new WeakPairs<ProxyView, object, Entry<T>>()

  /**
   * @param about the object of the model that it is made for
   * @param from all else that `make` looks at
   */
  recall(view: ProxyView, about: object, from: readonly unknown[], make: () => T): T {
    const known = this.#entries.get(view, about)
    if (known && same(known.from, from)) return known.made
    return this.#entries.set(view, about, { from, made: make() }).made
  }
}

/** More different ones of one thing are hardly in use at once. */
const limit = 64

interface SharedEntry<T> extends Entry<T> {
  readonly seen: readonly unknown[]
}

/** What was made for another view, given again where all that is looked at of either view is the same. */
export class SharedMemory<T> {
  /** Nearly always one or two: a list is smaller than a table. */
  readonly #about = new WeakMap<object, SharedEntry<T>[]>()

  /**
   * @param about the object of the model that it is made for
   * @param seen all that `make` looks at of the view and of what is decided for it, compared part by part
   * @param from all else that `make` looks at, compared by identity
   */
  recall(about: object, seen: readonly unknown[], from: readonly unknown[], make: () => T): T {
    const entries = this.#about.get(about) ?? []
    const known = entries.findIndex(entry => alike(entry.seen, seen))
    if (known >= 0 && same(entries[known]!.from, from)) return entries[known]!.made
    const entry = { seen, from, made: make() }
    if (known >= 0) entries[known] = entry
    else this.#about.set(about, entries.length < limit ? [...entries, entry] : [entry])
    return entry.made
  }
}

/** What every outbound cluster knows of its client: views that are alike in it share all that they see alike. */
export function kinOf(view: ProxyView): string {
  return view.kind === 'sidecar' ? `sidecar ${view.redirect}` : 'gateway'
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
