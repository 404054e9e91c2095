import type { Resource } from '../snapshot/resource.ts'
import type { Refusal } from './request.ts'

/**
 * What a client refused. One bad resource spoils its whole response, so the others are tried again without it: first
 * without what the client's words name, else by halves, until the bad one has been refused alone.
 */
export class Refusals {
  /** Name to version refused alone: the same bytes are not sent again. */
  readonly #certain = new Map<string, string>()
  /** Resources of a refused response that are being tried apart, at most #chunk at a time. */
  readonly #suspects = new Set<string>()
  #chunk = Number.POSITIVE_INFINITY

  get certain(): ReadonlyMap<string, string> {
    return this.#certain
  }

  /** True where nothing is held back and nothing tried apart: the usual case. */
  get none(): boolean {
    return this.#certain.size === 0 && this.#suspects.size === 0
  }

  get names(): readonly string[] {
    return [...this.#certain.keys(), ...this.#suspects]
  }

  /** How many suspects may be tried in one response. */
  get chunk(): number {
    return this.#chunk
  }

  isRefused(resource: Resource): boolean {
    return this.#certain.get(resource.name) === resource.version
  }

  isSuspect(name: string): boolean {
    return this.#suspects.has(name)
  }

  /** Accepted, or of no interest to the client any more. */
  drop(name: string): void {
    this.#certain.delete(name)
    this.#cleared(name)
  }

  /** The client refused a response with these. */
  refused(fresh: readonly Resource[], words: string): Refusal[] {
    const [only] = fresh
    if (only && fresh.length === 1) {
      this.#certain.set(only.name, only.version)
      this.#cleared(only.name)
      return [{ name: only.name, version: only.version, certain: true }]
    }
    const named = fresh.filter(({ name }) => mentions(words, name))
    const suspects = named.length > 0 && named.length < fresh.length ? named : fresh
    for (const { name } of suspects) this.#suspects.add(name)
    this.#chunk = Math.max(1, Math.ceil(suspects.length / 2))
    return suspects.map(({ name, version }) => ({ name, version, certain: false }))
  }

  #cleared(name: string): void {
    this.#suspects.delete(name)
    if (this.#suspects.size === 0) this.#chunk = Number.POSITIVE_INFINITY
  }
}

function mentions(words: string, name: string): boolean {
  const at = words.indexOf(name)
  if (at < 0) return false
  const boundary = (c: string | undefined) => c === undefined || !/[\w|.-]/.test(c)
  // A full stop or the like after a name ends it.
  return (
    boundary(words[at - 1]) && (boundary(words[at + name.length]) || /^[.](\s|$)/.test(words.slice(at + name.length)))
  )
}
