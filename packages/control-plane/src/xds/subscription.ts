import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { changedNames, emptyMap, type ResourceMap } from '../snapshot/diff.ts'
import { contentHash } from '../snapshot/encode.ts'
import { type Resource, typeUrls } from '../snapshot/resource.ts'
import { Holding, type Scope } from './holding.ts'
import { Names } from './names.ts'
import { Refusals } from './refusals.ts'
import type { DiscoveryRequest, Mode, Receipt, Refusal } from './request.ts'
import { inOrder, listKeeping, listOf, stepBetween } from './step.ts'
import { listVersion } from './versions.ts'

/** What to send, without its nonce. */
export interface Change {
  readonly typeUrl: string
  readonly resources: readonly Resource[]
  /** Delta only. */
  readonly removed: readonly string[]
  /** State of the world, full lists: what is new to the client; the others only stand in the list. */
  readonly fresh?: readonly Resource[]
  /** The map the resources were taken from. */
  readonly from: ResourceMap
  /** True where a client that accepts it has all it asked for of `from`, and nothing else. */
  readonly complete: boolean
}

interface InFlight {
  readonly nonce: string
  readonly change: Change
  /** Those that have to be answered although nothing changed; refused, they still have to. */
  readonly forced: Iterable<string>
  /** False once names were added that were not meant when it was sent. */
  complete: boolean
  /** The first on its stream, owed also where there is nothing new. */
  readonly greeting: boolean
}

/** Types that are only ever asked for by name: an empty list means nothing there, not everything. */
const byNameOnly: ReadonlySet<string> = new Set([typeUrls.endpoint, typeUrls.route, typeUrls.secret])

/**
 * One type on one stream: what the client asked for, what it is known to hold, what is under way, what it refused. Pure:
 * requests and snapshots go in, changes come out. One change is under way at a time; what comes meanwhile is merged.
 */
export class Subscription implements Scope {
  readonly typeUrl: string
  readonly mode: Mode
  #wildcard = false
  #first = true
  readonly #names = new Names()
  readonly #held: Holding
  /** Names to answer even where the client has them. */
  #forced = new Names()
  readonly #refusals = new Refusals()
  /** True while a wildcard is owed its first response: Envoy waits for one at start, also where there is nothing. */
  #greet = false
  #inFlight: InFlight | undefined
  /** Overtaken by a later change before it was answered; taken for accepted, unless a refusal still comes. */
  #overtaken: InFlight | undefined
  #overdue = false
  #lastNonce = ''

  constructor(typeUrl: string, mode: Mode) {
    this.typeUrl = typeUrl
    this.mode = mode
    this.#held = new Holding(this)
  }

  get wildcard(): boolean {
    return this.#wildcard
  }
  get names(): Pick<Names, 'size' | 'has'> {
    return this.#names
  }
  /** What the client accepted. */
  get held(): Pick<Holding, 'size' | 'has' | 'get' | 'values'> {
    return this.#held
  }
  get refused(): ReadonlyMap<string, string> {
    return this.#refusals.certain
  }
  /** True between a response and its answer. */
  get busy(): boolean {
    return this.#inFlight !== undefined
  }
  /** True where a response is under way and no other may be sent beside it. */
  get blocked(): boolean {
    return this.#inFlight !== undefined && !this.#overdue
  }

  /** The answer that is missing is waited for no more: once there is something else to say, it is said. */
  stopWaiting(): void {
    this.#overdue = this.#inFlight !== undefined
  }

  /** What is under way. */
  get inFlight(): Change | undefined {
    return this.#inFlight?.change
  }

  subscribes(name: string): boolean {
    return this.#wildcard || this.#names.has(name)
  }

  coversAll(map: ResourceMap): boolean {
    return this.#wildcard || this.#names.coversAll(map)
  }

  /** True where it is known without looking that the client has all of `target`. */
  holdsAll(target: ResourceMap): boolean {
    return this.#held.map === target && this.#held.others.size === 0 && this.coversAll(target)
  }

  /** The client holds all of `target` that it asked for, and nothing is under way. */
  inStep(target: ResourceMap): boolean {
    if (this.#inFlight || this.#forced.size > 0) return false
    const differs = (name: string) => (this.subscribes(name) ? target.get(name) : undefined) !== this.#held.get(name)
    return ![...this.#held.others.keys()].some(differs) && !changedNames(this.#held.map, target).some(differs)
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
    if (this.subscribes(name)) this.#forced.add(name)
  }

  /** Of what the client has: names that were forced, or are under way, and have not been acknowledged. */
  get owed(): readonly string[] {
    const { resources = [], removed = [] } = this.inFlight ?? {}
    const names = new Set([...this.#forced, ...resources.map(r => r.name), ...removed])
    return [...names].filter(name => this.#held.has(name))
  }

  /**
   * What to send to bring the client from what it holds to `target`, if anything. Without `removals`, what is gone stays
   * for now. To be followed by `sent` when it is really sent.
   */
  next(target: ResourceMap, removals: boolean): Change | undefined {
    if (this.blocked) return undefined
    if (this.#inFlight && !this.#overtake(this.#inFlight, target, removals)) return undefined
    const held = this.#held
    const plain = held.others.size === 0 && this.#refusals.none
    if (plain && held.map === target && this.#forced.size === 0 && !this.#greet) return undefined
    // Everything is answered anyway where the client has nothing.
    const step = plain && (this.#forced.size === 0 || (held.map === emptyMap && !this.#waitsForAbsent(target)))
    const change = step ? this.#step(target, removals) : this.#chosen(target, removals)
    if (change) return change
    held.move(target)
    this.#names.follow(target)
    // There is no way to say in state of the world that a name is not there.
    if (this.mode === 'sotw' && this.#forced.size > 0) this.#forced = new Names()
    return undefined
  }

  /** The change is on its way under this nonce. */
  sent(change: Change, nonce: string): void {
    const { complete, resources, removed } = change
    let forced: Iterable<string> = this.#forced
    if (!complete) forced = [...resources.map(r => r.name), ...removed].filter(name => this.#forced.delete(name))
    if (complete || this.#forced.size === 0) this.#forced = new Names()
    const greeting = this.#greet
    this.#greet = false
    this.#overdue = false
    this.#inFlight = { nonce, change, forced, complete, greeting }
    this.#lastNonce = nonce
  }

  // --- what the client said --------------------------------------------------------------------------------------

  #answer(request: DiscoveryRequest): Receipt {
    const { nonce, error } = request
    if (nonce === '') return { kind: 'subscribed' }
    if (this.#overtaken?.nonce === nonce) return this.#late(this.#overtaken, error)
    const flight = this.#inFlight
    if (!flight || flight.nonce !== nonce) return nonce === this.#lastNonce ? { kind: 'subscribed' } : { kind: 'stale' }
    this.#inFlight = undefined
    this.#overtaken = undefined
    this.#overdue = false
    if (error === undefined) {
      this.#accept(flight)
      return { kind: 'ack', nonce }
    }
    return { kind: 'nack', nonce, words: error, refused: this.#refuse(flight, error) }
  }

  /** An answer to what was overtaken: that it was taken is known; that it was refused is news. */
  #late(flight: InFlight, error: string | undefined): Receipt {
    const { nonce, change } = flight
    this.#overtaken = undefined
    if (error === undefined) return { kind: 'ack', nonce }
    for (const { name } of change.fresh ?? change.resources) this.#held.set(name, undefined)
    if (this.#inFlight) this.#inFlight.complete = false
    return { kind: 'nack', nonce, words: error, refused: this.#refuse(flight, error) }
  }

  #accept({ change, complete }: InFlight): void {
    const { from, resources, removed, fresh } = change
    const held = this.#held
    if (complete) held.fill(from)
    else {
      held.move(from)
      for (const { name } of fresh ?? resources) {
        // Not where it got its last good one instead of what it refused.
        if (!this.#isRefused(from.get(name))) this.#refusals.drop(name)
      }
      for (const resource of resources) {
        held.set(resource.name, this.subscribes(resource.name) ? resource : undefined)
      }
      const listed = fresh && new Set(resources.map(r => r.name))
      const gone = listed ? [...held.values()].map(r => r.name).filter(name => !listed.has(name)) : removed
      for (const name of gone) {
        this.#refusals.drop(name)
        held.set(name, undefined)
      }
    }
    this.#names.follow(from)
  }

  #refuse({ change, forced, greeting }: InFlight, words: string): Refusal[] {
    const fresh = change.fresh ?? change.resources
    // Only removals: there is nothing to hold back, and sending them again would be refused again.
    if (fresh.length === 0) for (const name of change.removed) this.#held.set(name, undefined)
    else {
      for (const name of forced) this.force(name)
      // It has a list from an earlier stream still.
      if (greeting) this.#greet = true
    }
    return fresh.length === 0 ? [] : this.#refusals.refused(fresh, words)
  }

  #subscribeDelta(request: DiscoveryRequest, first: boolean, target: ResourceMap): void {
    const { subscribe, unsubscribe, initialVersions } = request
    const returning = first && Object.keys(initialVersions).length > 0
    const legacy = first && subscribe.length === 0 && !byNameOnly.has(this.typeUrl)
    const star = subscribe.includes('*')
    if (legacy || star) this.#startWildcard(returning)
    // Asked for on a running stream means: answer, even where nothing changed. On a new stream its versions say what it has.
    const inHand = (name: string) => returning && Object.hasOwn(initialVersions, name)
    this.#subscribe(star ? subscribe.filter(name => name !== '*') : subscribe, target, inHand)
    if (returning) this.#return(initialVersions, target)
    for (const name of unsubscribe) this.#unsubscribe(name)
  }

  #subscribe(names: readonly string[], target: ResourceMap, inHand: (name: string) => boolean = () => false): void {
    if (names.length === 0) return
    if (this.#inFlight) this.#inFlight.complete = false
    for (const name of names) if (!this.subscribes(name)) this.#held.lack(name)
    const others = this.#names.size > 0 || this.#forced.size > 0
    this.#names.addAll(names, target)
    const asked = names.filter(name => !inHand(name))
    if (others || asked.length < names.length) this.#forced.addAll(asked, target)
    else this.#forced = this.#names.clone()
  }

  /** What a client has from an earlier stream. */
  #return(versions: Readonly<Record<string, string>>, target: ResourceMap): void {
    const held = this.#held
    held.fill(target)
    for (const [name, { version }] of target) {
      if (versions[name] !== version && this.subscribes(name)) held.set(name, undefined)
    }
    for (const [name, version] of Object.entries(versions)) {
      const now = target.get(name)
      held.set(name, now?.version === version ? now : elsewhere(this.typeUrl, name, version))
    }
  }

  #unsubscribe(name: string): void {
    if (name === '*') {
      this.#leaveWildcard()
      return
    }
    this.#names.delete(name)
    // Still covered by the wildcard: the client has dropped it and must be told what holds now.
    if (this.#wildcard) this.force(name)
    else this.#forget(name)
  }

  #subscribeSotw(request: DiscoveryRequest, first: boolean, target: ResourceMap): void {
    const { names, version } = request
    const legacy = first && names.length === 0 && !byNameOnly.has(this.typeUrl)
    if (legacy || names.includes('*')) this.#startWildcard(first && version !== '')
    // A client that began with the wildcard by naming nothing keeps it as long as it names nothing.
    else if (this.#wildcard && names.length > 0) this.#leaveWildcard()
    const wanted = names.includes('*') ? names.filter(name => name !== '*') : names
    if (!this.#names.equals(wanted)) this.#ask(new Set(wanted), target)
    if (!first || !this.#wildcard || version === '') return
    if (version === listVersion(target)) this.#held.fill(target)
    // It has another list: it must be told the present one, even where that is empty.
    else this.#greet = true
  }

  /** State of the world: exactly these names from now on. */
  #ask(wanted: ReadonlySet<string>, target: ResourceMap): void {
    for (const name of [...this.#names]) {
      if (wanted.has(name)) continue
      this.#names.delete(name)
      if (!this.#wildcard) this.#forget(name)
    }
    const added = [...wanted].filter(name => !this.#names.has(name))
    this.#subscribe(added, target)
  }

  #leaveWildcard(): void {
    this.#wildcard = false
    this.#held.narrow()
    for (const name of [...this.#forced]) if (!this.subscribes(name)) this.#forced.delete(name)
    for (const name of this.#refusals.names) if (!this.subscribes(name)) this.#refusals.drop(name)
  }

  #startWildcard(returning: boolean): void {
    if (this.#wildcard) return
    this.#held.widen()
    this.#wildcard = true
    this.#greet = !returning
    if (this.#inFlight) this.#inFlight.complete = false
  }

  #forget(name: string): void {
    this.#held.set(name, undefined)
    this.#forced.delete(name)
    this.#refusals.drop(name)
  }

  // --- what to send ----------------------------------------------------------------------------------------------

  /** What is under way is done with, if there is news since. The client has taken it in; it only cannot answer yet. */
  #overtake(flight: InFlight, target: ResourceMap, removals: boolean): boolean {
    const news = (name: string) => this.subscribes(name) && (removals || target.has(name))
    const gone = removals && [...this.#held.values()].some(({ name }) => !target.has(name))
    if (!gone && !changedNames(flight.change.from, target).some(news)) return false
    this.#accept(flight)
    this.#inFlight = undefined
    this.#overtaken = flight
    return true
  }

  /**
   * A cluster that is under way makes the client wait for its endpoints, and acknowledge no clusters before it has them. If
   * they are gone by then it must get some all the same, or the cluster could never be taken away. In delta "there are none"
   * can be said for what it does not have.
   */
  #answersAbsent(have: Resource | undefined): boolean {
    return this.typeUrl === typeUrls.endpoint && (this.mode === 'sotw' || have !== undefined)
  }

  #waitsForAbsent(target: ResourceMap): boolean {
    if (!this.#answersAbsent(undefined)) return false
    this.#forced.follow(target)
    return [...this.#forced.unmapped].some(name => !target.has(name))
  }

  /** The usual case, at the cost of the change: the client has all of one map, and gets all of another. */
  #step(target: ResourceMap, removals: boolean): Change | undefined {
    const { typeUrl, mode } = this
    const from = this.#held.map
    const step = stepBetween(from, target)
    if (!this.#wildcard) this.#names.follow(target)
    this.#forced.follow(target)
    const all = this.coversAll(target)
    const resources = all ? step.resources : step.resources.filter(r => this.subscribes(r.name))
    // Names that are gone are no names of the target any more.
    const gone = this.#wildcard ? step.removed : step.removed.filter(name => this.#names.has(name))
    const complete = removals || gone.length === 0
    const base = { typeUrl, from: target, complete }
    if (mode === 'delta') {
      const absent = [...this.#forced.unmapped].filter(name => !target.has(name))
      const removed = removals ? [...gone, ...absent] : absent
      if (resources.length === 0 && removed.length === 0 && !this.#greet) return undefined
      return { ...base, resources, removed }
    }
    if (!this.#wildcard) {
      if (resources.length > 0) return { ...base, resources, removed: [] }
      // There is no way to say that something is gone.
      if (complete) this.#held.fill(target)
      return undefined
    }
    if (resources.length === 0 && (gone.length === 0 || !removals) && !this.#greet) return undefined
    return { ...base, resources: complete ? listOf(target) : listKeeping(from, target), removed: [], fresh: resources }
  }

  /** The client has something else than all of one map, or waits for what it has: name by name. */
  #chosen(target: ResourceMap, removals: boolean): Change | undefined {
    const { typeUrl } = this
    const { changed, gone } = this.#candidates(target, removals)
    if (changed.size === 0 && gone.length === 0 && !this.#greet) return undefined
    const base = { typeUrl, from: target, complete: false }
    if (this.mode === 'delta') return { ...base, resources: inOrder(changed, target), removed: gone }
    if (this.#wildcard) {
      return { ...base, resources: this.#list(changed, gone, target), removed: [], fresh: [...changed.values()] }
    }
    // There is no way to say that something is gone.
    for (const name of gone) this.#forget(name)
    return changed.size === 0 ? undefined : { ...base, resources: inOrder(changed, target), removed: [] }
  }

  #candidates(target: ResourceMap, removals: boolean): { changed: Map<string, Resource>; gone: string[] } {
    const changed = new Map<string, Resource>()
    const suspected = new Map<string, Resource>()
    const gone: string[] = []
    for (const name of this.#open(target)) {
      const want = this.subscribes(name) ? target.get(name) : undefined
      const have = this.#held.get(name)
      const forced = this.#forced.has(name)
      if (!want && forced && this.subscribes(name) && this.#answersAbsent(have)) {
        changed.set(name, have && have.bytes.length > 0 ? have : noEndpoints(name))
      } else if (!want) {
        // In delta, a name that is asked for and not there is answered too.
        if (have ? removals : forced && this.mode === 'delta') gone.push(name)
      } else if (this.#isRefused(want)) {
        // The client keeps its last good one; if it asks for it, that is what it gets.
        if (forced && have && have.version !== want.version && have.bytes.length > 0) changed.set(name, have)
        else this.#forced.delete(name)
      } else if (want === have && !forced) continue
      else if (this.#refusals.isSuspect(name)) suspected.set(name, want)
      else changed.set(name, want)
    }
    if (changed.size === 0 && suspected.size > 0) {
      for (const [name, resource] of suspected) if (changed.size < this.#refusals.chunk) changed.set(name, resource)
    }
    return { changed, gone }
  }

  /** Names that have to be looked at. */
  #open(target: ResourceMap): Set<string> {
    const open = new Set<string>()
    for (const name of changedNames(this.#held.map, target)) if (this.subscribes(name)) open.add(name)
    for (const name of this.#held.others.keys()) open.add(name)
    for (const name of this.#forced) open.add(name)
    return open
  }

  #isRefused(resource: Resource | undefined): boolean {
    return resource !== undefined && this.#refusals.isRefused(resource)
  }

  /** State of the world, wildcard: always the full list; what is held back stands in it as the client has it. */
  #list(changed: ReadonlyMap<string, Resource>, gone: readonly string[], target: ResourceMap): Resource[] {
    const resources: Resource[] = []
    for (const [name, resource] of target) {
      const chosen = changed.get(name) ?? this.#held.get(name)
      if (chosen) resources.push(chosen.bytes.length > 0 ? chosen : resource)
    }
    const leaving = new Set(gone)
    for (const resource of this.#held.values()) {
      const { name, bytes } = resource
      if (!target.has(name) && !leaving.has(name) && bytes.length > 0) resources.push(resource)
    }
    return resources
  }
}

/** Something the client has from another stream, in bytes that are not known here. */
function elsewhere(typeUrl: string, name: string, version: string): Resource {
  return { typeUrl, name, version, bytes: new Uint8Array(0), origins: [] }
}

/** An assignment without hosts. Its bytes are the name, field 1 of ClusterLoadAssignment. */
function noEndpoints(name: string): Resource {
  const bytes = new BinaryWriter()
    .uint32((1 << 3) | WireType.LengthDelimited)
    .string(name)
    .finish()
  return { typeUrl: typeUrls.endpoint, name, bytes, version: contentHash(bytes), origins: [] }
}
