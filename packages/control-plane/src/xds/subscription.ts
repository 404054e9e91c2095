import { changedNames, emptyMap, type ResourceMap } from '../snapshot/diff.ts'
import { type Resource, typeUrls } from '../snapshot/resource.ts'
import { Refusals } from './refusals.ts'
import type { DiscoveryRequest, Mode, Receipt, Refusal } from './request.ts'
import { listVersion } from './versions.ts'

/** What to send, without its nonce. */
export interface Change {
  readonly typeUrl: string
  readonly resources: readonly Resource[]
  /** Delta only. */
  readonly removed: readonly string[]
  /** State of the world, full lists: the names that are new to the client; the others only stand in the list. */
  readonly fresh?: ReadonlyMap<string, Resource>
  /** The map the resources were taken from: responses with equal lists share bytes by it. */
  readonly from: ResourceMap
}

interface InFlight {
  readonly nonce: string
  /** New to the client; undefined is a removal. */
  readonly sent: ReadonlyMap<string, Resource | undefined>
  /** Those that have to be answered although nothing changed; refused, they still have to. */
  readonly forced: ReadonlySet<string>
}

/** Types that are only ever asked for by name: an empty list means nothing there, not everything. */
const byNameOnly: ReadonlySet<string> = new Set([typeUrls.endpoint, typeUrls.route, typeUrls.secret])

/**
 * One type on one stream: what the client asked for, what it is known to hold, what is under way, what it refused. Pure:
 * requests and snapshots go in, changes come out. One change is under way at a time; what comes meanwhile is merged.
 */
export class Subscription {
  readonly typeUrl: string
  readonly mode: Mode
  #wildcard = false
  #first = true
  readonly #names = new Set<string>()
  /** What the client accepted, by name. */
  readonly #held = new Map<string, Resource>()
  /** Everything up to this map has been looked at, but for the names in #open. */
  #base: ResourceMap = emptyMap
  readonly #open = new Set<string>()
  /** Names to answer even where the client has them. */
  readonly #forced = new Set<string>()
  readonly #refusals = new Refusals()
  /** True while a wildcard is owed its first response: Envoy waits for one at start, also where there is nothing. */
  #greet = false
  #inFlight: InFlight | undefined
  #lastNonce = ''

  constructor(typeUrl: string, mode: Mode) {
    this.typeUrl = typeUrl
    this.mode = mode
  }

  get wildcard(): boolean {
    return this.#wildcard
  }
  get names(): ReadonlySet<string> {
    return this.#names
  }
  get held(): ReadonlyMap<string, Resource> {
    return this.#held
  }
  get refused(): ReadonlyMap<string, string> {
    return this.#refusals.certain
  }
  /** True between a response and its answer. */
  get busy(): boolean {
    return this.#inFlight !== undefined
  }
  /** What is under way: undefined for a removal. */
  get inFlight(): ReadonlyMap<string, Resource | undefined> | undefined {
    return this.#inFlight?.sent
  }

  subscribes(name: string): boolean {
    return this.#wildcard || this.#names.has(name)
  }

  /** The client holds all of `target` that it asked for, and nothing is under way. */
  inStep(target: ResourceMap): boolean {
    if (this.#inFlight || this.#open.size > 0) return false
    if (
      [...this.#refusals.certain].some(
        ([name, version]) => this.subscribes(name) && target.get(name)?.version === version,
      )
    )
      return false
    return this.#base === target || changedNames(this.#base, target).every(name => !this.subscribes(name))
  }

  receive(request: DiscoveryRequest, target: ResourceMap): Receipt {
    const first = this.#first
    this.#first = false
    // State of the world: what answers an older response is out of date in all it says.
    if (this.mode === 'sotw' && !first && request.nonce !== this.#lastNonce) return { kind: 'stale' }
    const receipt: Receipt = first ? { kind: 'subscribed' } : this.#answer(request)
    if (this.mode === 'delta') this.#subscribeDelta(request, first, target)
    else this.#subscribeSotw(request, first, target)
    return receipt
  }

  /** Sends a resource again that the client asked for, although it did not change: Envoy waits for it after a change of its cluster. */
  force(name: string): void {
    if (!this.subscribes(name)) return
    this.#open.add(name)
    this.#forced.add(name)
  }

  /** Names that were forced, or are under way, and have not been acknowledged. */
  get owed(): readonly string[] {
    return [...new Set([...this.#forced, ...(this.#inFlight?.sent.keys() ?? [])])]
  }

  /**
   * What to send to bring the client from what it holds to `target`, if anything. Without `removals`, what is gone stays
   * for now. To be followed by `sent` when it is really sent.
   */
  next(target: ResourceMap, removals: boolean): Change | undefined {
    if (this.#inFlight) return undefined
    this.#lookAt(target)
    const { changed, gone } = this.#candidates(target, removals)
    if (changed.size === 0 && gone.length === 0 && !this.#greet) return undefined
    if (this.mode === 'delta') {
      return { typeUrl: this.typeUrl, resources: inOrder(changed, target), removed: gone, from: target }
    }
    return this.#wildcard ? this.#whole(changed, gone, target) : this.#named(changed, gone, target)
  }

  /** The change is on its way under this nonce. */
  sent(change: Change, nonce: string): void {
    const sent = new Map<string, Resource | undefined>()
    const { from, fresh } = change
    for (const r of change.resources) if (!fresh || fresh.has(r.name)) sent.set(r.name, r)
    for (const name of change.removed) sent.set(name, undefined)
    if (this.mode === 'sotw' && this.#wildcard) {
      const listed = new Set(change.resources.map(r => r.name))
      for (const name of this.#held.keys()) if (!listed.has(name) && !from.has(name)) sent.set(name, undefined)
    }
    const forced = new Set<string>()
    for (const name of sent.keys()) {
      this.#open.delete(name)
      if (this.#forced.delete(name)) forced.add(name)
    }
    this.#greet = false
    this.#inFlight = { nonce, sent, forced }
    this.#lastNonce = nonce
  }

  // --- what the client said --------------------------------------------------------------------------------------

  #answer(request: DiscoveryRequest): Receipt {
    const { nonce, error } = request
    if (nonce === '') return { kind: 'subscribed' }
    const flight = this.#inFlight
    if (!flight || flight.nonce !== nonce) return nonce === this.#lastNonce ? { kind: 'subscribed' } : { kind: 'stale' }
    this.#inFlight = undefined
    if (error === undefined) {
      this.#accept(flight)
      return { kind: 'ack', nonce }
    }
    return { kind: 'nack', nonce, words: error, refused: this.#refuse(flight, error) }
  }

  #accept({ sent }: InFlight): void {
    for (const [name, resource] of sent) {
      this.#refusals.drop(name)
      if (resource && this.subscribes(name)) this.#held.set(name, resource)
      else this.#held.delete(name)
    }
  }

  #refuse({ sent, forced }: InFlight, words: string): Refusal[] {
    const fresh = [...sent.values()].filter(resource => resource !== undefined)
    // Only removals: there is nothing to hold back, and sending them again would be refused again.
    if (fresh.length === 0) for (const name of sent.keys()) this.#held.delete(name)
    else {
      for (const name of sent.keys()) this.#open.add(name)
      for (const name of forced) if (this.subscribes(name)) this.#forced.add(name)
    }
    return fresh.length === 0 ? [] : this.#refusals.refused(fresh, words)
  }

  #subscribeDelta(request: DiscoveryRequest, first: boolean, target: ResourceMap): void {
    if (first) {
      for (const [name, version] of Object.entries(request.initialVersions)) {
        const now = target.get(name)
        this.#held.set(name, now?.version === version ? now : elsewhere(this.typeUrl, name, version))
        this.#open.add(name)
      }
    }
    const legacy = first && request.subscribe.length === 0 && !byNameOnly.has(this.typeUrl)
    if (legacy || request.subscribe.includes('*')) this.#startWildcard(Object.keys(request.initialVersions).length > 0)
    for (const name of request.subscribe) {
      if (name === '*') continue
      this.#names.add(name)
      this.#open.add(name)
      // Asked for on a running stream means: answer, even where nothing changed. On a new stream its versions say what it has.
      if (!(first && name in request.initialVersions)) this.#forced.add(name)
    }
    for (const name of request.unsubscribe) this.#unsubscribe(name)
  }

  #unsubscribe(name: string): void {
    if (name === '*') {
      this.#wildcard = false
      for (const held of [...this.#held.keys()]) if (!this.#names.has(held)) this.#forget(held)
      return
    }
    this.#names.delete(name)
    // Still covered by the wildcard: the client has dropped it and must be told what holds now.
    if (this.#wildcard) this.force(name)
    else this.#forget(name)
  }

  #subscribeSotw(request: DiscoveryRequest, first: boolean, target: ResourceMap): void {
    const { names } = request
    const legacy = first && names.length === 0 && !byNameOnly.has(this.typeUrl)
    if (legacy || names.includes('*')) this.#startWildcard(first && request.version !== '')
    // A client that began with the wildcard by naming nothing keeps it as long as it names nothing.
    else if (this.#wildcard && names.length > 0) this.#wildcard = false
    const wanted = new Set(names.filter(name => name !== '*'))
    for (const name of [...this.#names]) {
      if (wanted.has(name)) continue
      this.#names.delete(name)
      if (!this.#wildcard) this.#forget(name)
    }
    for (const name of wanted) {
      if (this.#names.has(name)) continue
      this.#names.add(name)
      this.#open.add(name)
      this.#forced.add(name)
    }
    if (first && this.#wildcard && request.version !== '' && request.version === listVersion(target)) {
      for (const [name, resource] of target) this.#held.set(name, resource)
      this.#base = target
      this.#open.clear()
    }
  }

  #startWildcard(returning: boolean): void {
    if (this.#wildcard) return
    this.#wildcard = true
    this.#greet = !returning
    this.#base = emptyMap
    for (const name of [...this.#held.keys(), ...(this.#inFlight?.sent.keys() ?? [])]) this.#open.add(name)
  }

  #forget(name: string): void {
    this.#held.delete(name)
    this.#open.delete(name)
    this.#forced.delete(name)
    this.#refusals.drop(name)
  }

  // --- what to send ----------------------------------------------------------------------------------------------

  #lookAt(target: ResourceMap): void {
    if (this.#base === target) return
    for (const name of changedNames(this.#base, target)) if (this.subscribes(name)) this.#open.add(name)
    this.#base = target
  }

  #candidates(target: ResourceMap, removals: boolean): { changed: Map<string, Resource>; gone: string[] } {
    const changed = new Map<string, Resource>()
    const suspected = new Map<string, Resource>()
    const gone: string[] = []
    for (const name of this.#open) {
      const want = this.subscribes(name) ? target.get(name) : undefined
      const have = this.#held.get(name)
      const forced = this.#forced.has(name)
      if (!want) {
        // In delta, a name that is asked for and not there is answered too.
        if (have ? removals : forced && this.mode === 'delta') gone.push(name)
        else if (!have) this.#open.delete(name)
      } else if (this.#refusals.isRefused(want)) {
        // The client keeps its last good one; if it asks for it, that is what it gets.
        if (forced && have && have.version !== want.version && have.bytes.length > 0) changed.set(name, have)
        else this.#open.delete(name)
        if (!changed.has(name)) this.#forced.delete(name)
      } else if (want === have && !forced) this.#open.delete(name)
      else if (this.#refusals.isSuspect(name)) suspected.set(name, want)
      else changed.set(name, want)
    }
    if (changed.size === 0 && suspected.size > 0) {
      for (const [name, resource] of suspected) if (changed.size < this.#refusals.chunk) changed.set(name, resource)
    }
    return { changed, gone }
  }

  /** State of the world, wildcard: always the full list; what is held back stands in it as the client has it. */
  #whole(changed: ReadonlyMap<string, Resource>, gone: readonly string[], target: ResourceMap): Change {
    const resources: Resource[] = []
    for (const [name, resource] of target) {
      const chosen = changed.get(name) ?? this.#held.get(name)
      if (chosen) resources.push(chosen.bytes.length > 0 ? chosen : resource)
    }
    const leaving = new Set(gone)
    for (const [name, resource] of this.#held) {
      if (!target.has(name) && !leaving.has(name) && resource.bytes.length > 0) resources.push(resource)
    }
    return { typeUrl: this.typeUrl, resources, removed: [], fresh: changed, from: target }
  }

  /** State of the world, by name: what changed; there is no way to say that something is gone. */
  #named(changed: ReadonlyMap<string, Resource>, gone: readonly string[], target: ResourceMap): Change | undefined {
    for (const name of gone) this.#forget(name)
    if (changed.size === 0) return undefined
    return { typeUrl: this.typeUrl, resources: inOrder(changed, target), removed: [], from: target }
  }
}

/** In the snapshot's own order, so that proxies that asked in another order still share bytes. */
function inOrder(changed: ReadonlyMap<string, Resource>, target: ResourceMap): readonly Resource[] {
  if (changed.size < 2) return [...changed.values()]
  if (changed.size > target.size / 8) {
    const resources: Resource[] = []
    for (const name of target.keys()) {
      const resource = changed.get(name)
      if (resource) resources.push(resource)
    }
    return resources
  }
  return [...changed.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Something the client has from another stream, in bytes that are not known here. */
function elsewhere(typeUrl: string, name: string, version: string): Resource {
  return { typeUrl, name, version, bytes: new Uint8Array(0), origins: [] }
}
