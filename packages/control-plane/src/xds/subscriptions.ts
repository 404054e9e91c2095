import { emptyMap, type ResourceMap } from '../snapshot/diff.ts'
import { type Snapshot, typeUrls } from '../snapshot/resource.ts'
import { Awaited } from './awaited.ts'
import { type Change, freshOf } from './change.ts'
import type { DiscoveryRequest, Mode, Receipt } from './request.ts'
import { Subscription } from './subscription.ts'

/** Adds and changes go in this order, so that whatever is named is there before it is named; all other types come first, ungated. */
const order: readonly string[] = [typeUrls.cluster, typeUrls.endpoint, typeUrls.listener, typeUrls.route]
/** What names clusters, and so waits for them. */
const naming: ReadonlySet<string> = new Set([typeUrls.listener, typeUrls.route])
/** What is named goes last, in this order. */
const removedLast: ReadonlySet<string> = new Set([typeUrls.cluster, typeUrls.endpoint])

/**
 * All types on one stream, and the order between them: make before break. Clusters and their endpoints are made, and
 * acknowledged, before listeners and routes that name them change; clusters go once nothing names them. Pure.
 */
export class Subscriptions {
  readonly mode: Mode
  readonly #byType = new Map<string, Subscription>()
  /** Endpoint sets of clusters on their way or added, which the client has not acknowledged yet. */
  readonly #awaited = new Awaited()
  /** Endpoint sets an earlier stream of this client was owed when it broke. */
  readonly #inherited: Set<string>
  #ordered: readonly Subscription[] = []
  #impatient = false
  /** The client has clusters from an earlier stream. */
  #returning = false
  #nonce = 0

  constructor(mode: Mode, inherited: readonly string[] = []) {
    this.mode = mode
    this.#inherited = new Set(inherited)
  }

  get types(): Iterable<Subscription> {
    return this.#byType.values()
  }

  get(typeUrl: string): Subscription | undefined {
    return this.#byType.get(typeUrl)
  }

  /** Number of types asked for. */
  get count(): number {
    return this.#byType.size
  }

  /** Number of names subscribed to, over all types. */
  get size(): number {
    let size = 0
    for (const { names } of this.#byType.values()) size += names.size
    return size
  }

  /** True while some answer is missing. */
  get busy(): boolean {
    for (const subscription of this.#byType.values()) if (subscription.busy) return true
    return false
  }

  /**
   * True for a client that comes back and has not said yet which listeners and routes it has: they may name clusters that
   * are gone.
   */
  get #unheard(): boolean {
    return this.#returning && !(this.#byType.has(typeUrls.listener) && this.#byType.has(typeUrls.route))
  }

  /** True while listeners and routes wait for clusters and endpoints, or clusters wait to go. */
  get waiting(): boolean {
    return (
      this.#unheard || this.#awaited.size > 0 || (!this.#impatient && this.#byType.get(typeUrls.cluster)?.busy === true)
    )
  }

  receive(request: DiscoveryRequest, snapshot: Snapshot | undefined): Receipt {
    let subscription = this.#byType.get(request.typeUrl)
    const isNew = !subscription
    if (!subscription) {
      subscription = new Subscription(request.typeUrl, this.mode)
      this.#byType.set(request.typeUrl, subscription)
    }
    if (request.typeUrl === typeUrls.cluster && isNew)
      this.#returning = request.version !== '' || Object.keys(request.initialVersions).length > 0
    const receipt = subscription.receive(request, mapOf(snapshot, request.typeUrl))
    if (request.typeUrl === typeUrls.endpoint && isNew) for (const name of this.#inherited) subscription.force(name)
    // What was refused comes again, and is awaited then.
    if (request.typeUrl === typeUrls.cluster && receipt.kind === 'nack') this.#awaited.clear()
    return receipt
  }

  /** The next response that may be sent now, marked as sent. Call until there is none. */
  next(snapshot: Snapshot): { readonly change: Change; readonly nonce: string } | undefined {
    for (const subscription of this.#inOrder()) {
      if (naming.has(subscription.typeUrl) && this.#clustersUnsettled(snapshot)) continue
      const { typeUrl } = subscription
      // Where no listener and no route changes, none can name what has gone: it needs no response of its own.
      const removals = typeUrl === typeUrls.cluster ? this.#unnamed(snapshot) : !removedLast.has(typeUrl)
      const change = subscription.next(mapOf(snapshot, typeUrl), removals)
      if (change) return this.#send(subscription, change)
    }
    return this.#nextRemoval(snapshot)
  }

  /** Listeners and routes go on although a cluster hangs (Envoy acknowledges none before all are ready), until the next change of clusters. */
  stopWaiting(): void {
    this.#awaited.clear()
    this.#impatient = true
    this.#returning = false
    // One that will never be ready (its secret has gone, say) must not keep all others as they are.
    this.#byType.get(typeUrls.cluster)?.stopWaiting()
  }

  /** Endpoint sets that a successor of this stream has to send: a client may be waiting for them and not know that it has to ask. */
  get owed(): readonly string[] {
    const endpoints = this.#byType.get(typeUrls.endpoint)
    if (!endpoints) return [...this.#inherited]
    const clusters = this.#byType.get(typeUrls.cluster)?.inFlight?.resources ?? []
    const sets = clusters.map(c => c.endpointSet).filter(set => set !== undefined && endpoints.held.has(set))
    return [...new Set([...(sets as string[]), ...endpoints.owed])]
  }

  /** The types asked for, in the order in which they are sent. */
  #inOrder(): readonly Subscription[] {
    if (this.#ordered.length < this.#byType.size) {
      const others = [...this.#byType.values()].filter(s => !order.includes(s.typeUrl))
      this.#ordered = [...others, ...order.map(typeUrl => this.#byType.get(typeUrl)).filter(s => s !== undefined)]
    }
    return this.#ordered
  }

  /** True where no listener and no route is under way that could still name what has gone. */
  #unnamed(snapshot: Snapshot): boolean {
    if (this.#unheard) return false
    for (const typeUrl of naming) {
      const subscription = this.#byType.get(typeUrl)
      if (subscription && (subscription.busy || !settled(subscription, mapOf(snapshot, typeUrl)))) return false
    }
    return true
  }

  /** Clusters and then endpoints go last. */
  #nextRemoval(snapshot: Snapshot) {
    if (!this.#unnamed(snapshot)) return undefined
    for (const typeUrl of removedLast) {
      const subscription = this.#byType.get(typeUrl)
      if (!subscription) continue
      const change = subscription.next(mapOf(snapshot, typeUrl), true)
      if (change) return this.#send(subscription, change)
      // Endpoints go after their clusters; who is still to ask for some takes back those it has no use for.
      if (typeUrl === typeUrls.cluster && (subscription.busy || this.#clustersUnsettled(snapshot))) return undefined
    }
    return undefined
  }

  #send(subscription: Subscription, change: Change) {
    const nonce = String(++this.#nonce)
    if (change.typeUrl === typeUrls.cluster) {
      this.#impatient = false
      this.#warm(subscription, change)
    }
    subscription.sent(change, nonce)
    return { change, nonce }
  }

  /**
   * A changed cluster waits for its endpoints again, although they did not change; a new one is awaited until the client
   * has asked for its endpoints and taken them. Endpoints follow at once: Envoy acknowledges clusters only when none of
   * them waits any more.
   */
  #warm({ held }: Subscription, change: Change): void {
    const endpoints = this.#byType.get(typeUrls.endpoint)
    if (held.size === 0 && !endpoints?.names.size) {
      this.#awaited.addAll(change.resources)
      return
    }
    for (const resource of freshOf(change)) {
      const { name, endpointSet } = resource
      const before = held.get(name)
      if (endpointSet === undefined || before === resource) continue
      // A client that has asked for the endpoints may have had the cluster too, from an earlier stream.
      if (endpoints && (before || endpoints.subscribes(endpointSet))) endpoints.force(endpointSet)
      // One that comes back is sent clusters before it has said which endpoints it has.
      else if (before) this.#inherited.add(endpointSet)
      else this.#awaited.add(endpointSet)
    }
  }

  #clustersUnsettled(snapshot: Snapshot): boolean {
    if (this.#impatient) return false
    if (this.#byType.get(typeUrls.cluster)?.busy) return true
    const endpoints = this.#byType.get(typeUrls.endpoint)
    if (!endpoints || this.#awaited.size === 0) return false
    // Not "busy": under a steady change of endpoints listeners and routes would never have their turn.
    const target = mapOf(snapshot, typeUrls.endpoint)
    if (endpoints.holdsAll(target)) this.#awaited.clear()
    else this.#awaited.drop(name => endpoints.held.has(name) || !target.has(name))
    return this.#awaited.size > 0
  }
}

/** Nothing left to send of the type, refused ones aside. */
function settled(subscription: Subscription, target: ResourceMap): boolean {
  return subscription.next(target, true) === undefined
}

function mapOf(snapshot: Snapshot | undefined, typeUrl: string): ResourceMap {
  return snapshot?.resources.get(typeUrl) ?? emptyMap
}
