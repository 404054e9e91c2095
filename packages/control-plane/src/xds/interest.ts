import type { ResourceMap } from '../snapshot/diff.ts'
import { type Resource, typeUrls } from '../snapshot/resource.ts'
import { Holding, type Scope } from './holding.ts'
import { Names } from './names.ts'
import { Refusals } from './refusals.ts'
import type { Mode } from './request.ts'

/** Types that are only ever asked for by name: an empty list means nothing there, not everything. */
const byNameOnly: ReadonlySet<string> = new Set([typeUrls.endpoint, typeUrls.route, typeUrls.secret])

/**
 * What one client asked for of one type, what it is known to hold, what it refused and what it is owed. Requests and
 * answers change it; what to send is read from it.
 */
export class Interest implements Scope {
  readonly typeUrl: string
  readonly mode: Mode
  readonly names = new Names()
  readonly held: Holding = new Holding(this)
  readonly refusals = new Refusals()
  /** Names to answer even where the client has them. */
  forced = new Names()
  /** True while a wildcard is owed its first response: Envoy waits for one at start, also where there is nothing. */
  greet = false
  #wildcard = false

  constructor(typeUrl: string, mode: Mode) {
    this.typeUrl = typeUrl
    this.mode = mode
  }

  get wildcard(): boolean {
    return this.#wildcard
  }

  /** True for types of which a first request that names nothing asks for everything. */
  get legacyWildcard(): boolean {
    return !byNameOnly.has(this.typeUrl)
  }

  subscribes(name: string): boolean {
    return this.#wildcard || this.names.has(name)
  }

  coversAll(map: ResourceMap): boolean {
    return this.#wildcard || this.names.coversAll(map)
  }

  isRefused(resource: Resource | undefined): boolean {
    return resource !== undefined && this.refusals.isRefused(resource)
  }

  /** To be answered although it did not change, if the client asked for it. */
  force(name: string): void {
    if (this.subscribes(name)) this.forced.add(name)
  }

  /** Of no interest any more, or gone. */
  forget(name: string): void {
    this.held.set(name, undefined)
    this.forced.delete(name)
    this.refusals.drop(name)
  }

  /** Names to answer, also where nothing changed; all but those that are `inHand`. */
  add(names: readonly string[], target: ResourceMap, inHand: (name: string) => boolean = () => false): void {
    if (names.length === 0) return
    for (const name of names) if (!this.subscribes(name)) this.held.lack(name)
    const others = this.names.size > 0 || this.forced.size > 0
    this.names.addAll(names, target)
    const asked = names.filter(name => !inHand(name))
    if (others || asked.length < names.length) this.forced.addAll(asked, target)
    else this.forced = this.names.clone()
  }

  /** A name the client takes back. */
  drop(name: string): void {
    this.names.delete(name)
    // Still covered by the wildcard: the client has dropped it and must be told what holds now.
    if (this.#wildcard) this.force(name)
    else this.forget(name)
  }

  startWildcard(returning: boolean): void {
    if (this.#wildcard) return
    this.held.widen()
    this.#wildcard = true
    this.greet = !returning
  }

  leaveWildcard(): void {
    this.#wildcard = false
    this.held.narrow()
    for (const name of [...this.forced]) if (!this.subscribes(name)) this.forced.delete(name)
    for (const name of this.refusals.names) if (!this.subscribes(name)) this.refusals.drop(name)
  }

  /** What a client has from an earlier stream. */
  return(versions: Readonly<Record<string, string>>, target: ResourceMap): void {
    const { held } = this
    held.fill(target)
    for (const [name, { version }] of target) {
      if (versions[name] !== version && this.subscribes(name)) held.set(name, undefined)
    }
    for (const [name, version] of Object.entries(versions)) {
      const now = target.get(name)
      held.set(name, now?.version === version ? now : elsewhere(this.typeUrl, name, version))
    }
  }
}

/** Something the client has from another stream, in bytes that are not known here. */
function elsewhere(typeUrl: string, name: string, version: string): Resource {
  return { typeUrl, name, version, bytes: new Uint8Array(0), origins: [] }
}
