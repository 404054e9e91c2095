import { changedNames, type ResourceMap } from '../snapshot/diff.ts'
import { accept, refuse } from './answered.ts'
import { ask } from './asked.ts'
import { type Change, freshOf, type InFlight } from './change.ts'
import type { Holding } from './holding.ts'
import { Interest } from './interest.ts'
import { Names } from './names.ts'
import { nextChange } from './next-change.ts'
import type { DiscoveryRequest, Mode, Receipt } from './request.ts'

const nobody: readonly string[] = []

/**
 * One type on one stream: a client's interest, and what is under way to it. Pure: requests and snapshots go in, changes
 * come out. One change is under way at a time; what comes meanwhile is merged.
 */
export class Subscription {
  readonly #interest: Interest
  #first = true
  #inFlight: InFlight | undefined
  /** Overtaken by a later change before it was answered; taken for accepted, unless a refusal still comes. */
  #overtaken: InFlight | undefined
  #overdue = false
  #lastNonce = ''
  /** The client had all of this map that it asked for, when that was last looked at; nothing was heard of it since. */
  #restsAt: ResourceMap | undefined

  constructor(typeUrl: string, mode: Mode) {
    this.#interest = new Interest(typeUrl, mode)
  }

  get typeUrl(): string {
    return this.#interest.typeUrl
  }
  get wildcard(): boolean {
    return this.#interest.wildcard
  }
  get names(): Pick<Names, 'size' | 'has'> {
    return this.#interest.names
  }
  /** What the client accepted. */
  get held(): Pick<Holding, 'size' | 'has' | 'get' | 'values'> {
    return this.#interest.held
  }
  /** Names refused for certain, with the version that was. */
  get refused(): ReadonlyMap<string, string> {
    return this.#interest.refusals.certain
  }
  /** True between a response and its answer. */
  get busy(): boolean {
    return this.#inFlight !== undefined
  }
  /** True where a response is under way and no other may be sent beside it. */
  get blocked(): boolean {
    return this.#inFlight !== undefined && !this.#overdue
  }
  /** What is under way. */
  get inFlight(): Change | undefined {
    return this.#inFlight?.change
  }

  subscribes(name: string): boolean {
    return this.#interest.subscribes(name)
  }

  coversAll(map: ResourceMap): boolean {
    return this.#interest.coversAll(map)
  }

  /** True where it is known without looking that the client has all of `target`. */
  holdsAll(target: ResourceMap): boolean {
    const { held } = this.#interest
    return held.map === target && held.others.size === 0 && this.coversAll(target)
  }

  /** The client holds all of `target` that it asked for, and nothing is under way. */
  inStep(target: ResourceMap): boolean {
    const { held, forced } = this.#interest
    if (this.#inFlight || forced.size > 0) return false
    const differs = (name: string) => (this.subscribes(name) ? target.get(name) : undefined) !== held.get(name)
    return ![...held.others.keys()].some(differs) && !changedNames(held.map, target).some(differs)
  }

  receive(request: DiscoveryRequest, target: ResourceMap): Receipt {
    const first = this.#first
    this.#first = false
    this.#restsAt = undefined
    // State of the world: what answers an older response is out of date in all it says.
    if (this.#interest.mode === 'sotw' && !first && request.nonce !== this.#lastNonce) return { kind: 'stale' }
    const receipt: Receipt = first ? { kind: 'subscribed' } : this.#answer(request)
    const added = ask(this.#interest, request, first, target)
    if (added && this.#inFlight) this.#inFlight.complete = false
    return receipt
  }

  /** Sends a resource again that the client asked for, although it did not change: Envoy waits for it after a change of its cluster. */
  force(name: string): void {
    this.#restsAt = undefined
    this.#interest.force(name)
  }

  /** Of what the client has: names that were forced, or are under way, and have not been acknowledged. */
  get owed(): readonly string[] {
    const { resources = [], removed = [] } = this.inFlight ?? {}
    const names = new Set([...this.#interest.forced, ...resources.map(r => r.name), ...removed])
    return [...names].filter(name => this.held.has(name))
  }

  /** The answer that is missing is waited for no more: once there is something else to say, it is said. */
  stopWaiting(): void {
    this.#overdue = this.#inFlight !== undefined
  }

  /**
   * What to send to bring the client from what it holds to `target`, if anything. Without `removals`, what is gone stays
   * for now. To be followed by `sent` when it is really sent.
   */
  next(target: ResourceMap, removals: boolean): Change | undefined {
    if (this.#restsAt === target || this.blocked) return undefined
    if (this.#inFlight && !this.#overtake(this.#inFlight, target, removals)) return undefined
    const change = nextChange(this.#interest, target, removals)
    if (!change && removals) this.#restsAt = target
    return change
  }

  /** The change is on its way under this nonce. */
  sent(change: Change, nonce: string): void {
    const interest = this.#interest
    const { complete, resources, removed } = change
    let forced: Iterable<string> = nobody
    if (interest.forced.size > 0) {
      if (complete) forced = interest.forced
      else forced = [...resources.map(r => r.name), ...removed].filter(name => interest.forced.delete(name))
      if (complete || interest.forced.size === 0) interest.forced = new Names()
    }
    const greeting = interest.greet
    interest.greet = false
    this.#overdue = false
    this.#restsAt = undefined
    this.#inFlight = { nonce, change, forced, complete, greeting }
    this.#lastNonce = nonce
  }

  #answer({ nonce, error }: DiscoveryRequest): Receipt {
    if (nonce === '') return { kind: 'subscribed' }
    if (this.#overtaken?.nonce === nonce) return this.#late(this.#overtaken, error)
    const flight = this.#inFlight
    if (!flight || flight.nonce !== nonce) return nonce === this.#lastNonce ? { kind: 'subscribed' } : { kind: 'stale' }
    this.#inFlight = undefined
    this.#overtaken = undefined
    this.#overdue = false
    if (error === undefined) {
      accept(this.#interest, flight)
      return { kind: 'ack', nonce }
    }
    return { kind: 'nack', nonce, words: error, refused: refuse(this.#interest, flight, error) }
  }

  /** An answer to what was overtaken: that it was taken is known; that it was refused is news. */
  #late(flight: InFlight, error: string | undefined): Receipt {
    const { nonce, change } = flight
    this.#overtaken = undefined
    if (error === undefined) return { kind: 'ack', nonce }
    for (const { name } of freshOf(change)) this.#interest.held.set(name, undefined)
    if (this.#inFlight) this.#inFlight.complete = false
    return { kind: 'nack', nonce, words: error, refused: refuse(this.#interest, flight, error) }
  }

  /** What is under way is done with, if there is news since. The client has taken it in; it only cannot answer yet. */
  #overtake(flight: InFlight, target: ResourceMap, removals: boolean): boolean {
    const news = (name: string) => this.subscribes(name) && (removals || target.has(name))
    const gone = removals && [...this.held.values()].some(({ name }) => !target.has(name))
    if (!gone && !changedNames(flight.change.from, target).some(news)) return false
    accept(this.#interest, flight)
    this.#inFlight = undefined
    this.#overtaken = flight
    return true
  }
}
