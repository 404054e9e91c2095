import { IsthmusError } from '@isthmus/errors'
import type { ProxyNode } from '../model/index.ts'
import type { Clock, Log } from '../runtime/index.ts'
import { emptyMap } from '../snapshot/diff.ts'
import type { Resource, Snapshot } from '../snapshot/resource.ts'
import type { Call, CallHandler } from './call.ts'
import type { Delivered } from './delivered.ts'
import { grpcStatus } from './framing.ts'
import type { XdsLimits } from './limits.ts'
import { parseNode } from './node.ts'
import { type ReadRequest, readRequest } from './read.ts'
import type { DiscoveryRequest, Mode, Receipt } from './request.ts'
import { type Nack, type ProxyConfig, type ProxyStatus, shown, type TypeStatus, type XdsEvent } from './status.ts'
import type { Subscription } from './subscription.ts'
import { Subscriptions } from './subscriptions.ts'
import type { Turn } from './turn.ts'
import { responseFrame } from './wire.ts'

/** What a proxy is served from, for as long as its stream lives. */
export interface ProxySession {
  /** Undefined while nothing is known: nothing is sent then. */
  snapshot(): Snapshot | undefined
  /** Called for every response and answer: must be cheap. */
  hears?(delivered: Delivered): void
  close(): void
}

export interface StreamOptions {
  readonly id: number
  readonly mode: Mode
  readonly clock: Clock
  readonly log: Log
  readonly limits: XdsLimits
  readonly open: (node: ProxyNode, onChange: () => void) => ProxySession
  /** What an earlier stream of this node left owed, taken away from there. */
  readonly inherit: (node: ProxyNode) => readonly string[]
  /** Whose turn it is to send. */
  readonly turn: Turn
  readonly onEvent: (event: XdsEvent) => void
  readonly onClose: (stream: AdsStream) => void
}

interface Marks {
  sent?: { version: string; nonce: string; at: number }
  acked?: { nonce: string; at: number }
  nacked?: Nack
}

/** How long listeners and routes wait for a client to be done with its clusters and endpoints. Milliseconds. */
const patienceMs = 5_000

/** One aggregated discovery stream: requests in, responses out. All decisions are the subscriptions'. */
export class AdsStream implements CallHandler {
  readonly id: number
  readonly #options: StreamOptions
  readonly #call: Call
  readonly #marks = new Map<string, Marks>()
  /** Requests that came before the client was let in. */
  readonly #early: DiscoveryRequest[] = []
  #earlyBytes = 0
  #state: 'new' | 'checking' | 'open' | 'closed' = 'new'
  #node: ProxyNode | undefined
  #subscriptions: Subscriptions
  #session: ProxySession | undefined
  #since = 0
  #scheduled = false
  #ending: { status: number; text: string } | undefined
  #stopPatience: (() => void) | undefined

  constructor(call: Call, options: StreamOptions) {
    this.id = options.id
    this.#options = options
    this.#call = call
    this.#subscriptions = new Subscriptions(options.mode)
  }

  get node(): ProxyNode | undefined {
    return this.#node
  }

  /** Endpoint sets this client still has to be told. */
  get owed(): readonly string[] {
    return this.#subscriptions.owed
  }

  /** Ends the stream once nothing is under way, so that the client comes back with nothing half done. */
  retire(text: string): void {
    this.#ending = { status: grpcStatus.unavailable, text }
    if (!this.#subscriptions.busy) this.#call.end(this.#ending.status, text)
  }

  // --- in --------------------------------------------------------------------------------------------------------

  message(bytes: Uint8Array): void {
    this.#take(readRequest(this.#options.mode, bytes), bytes.length)
  }

  #take({ request, node }: ReadRequest, bytes: number): void {
    if (this.#state === 'open') {
      this.#receive(request)
      return
    }
    const { types, requestBytes } = this.#options.limits
    this.#early.push(request)
    this.#earlyBytes += bytes
    if (this.#early.length > types || this.#earlyBytes > requestBytes) {
      throw new IsthmusError('ISM3012', `${this.#early.length} requests before the first was answered`)
    }
    if (this.#state === 'checking') return
    this.#state = 'checking'
    const proxy = parseNode(node)
    this.#call.authenticate(proxy).then(
      () => this.#call.guarded(() => this.#open(proxy)),
      error => this.#call.fail(error),
    )
  }

  #open(node: ProxyNode): void {
    if (this.#state !== 'checking') return
    this.#state = 'open'
    this.#node = node
    this.#since = this.#options.clock.now()
    this.#subscriptions = new Subscriptions(this.#options.mode, this.#options.inherit(node))
    this.#session = this.#options.open(node, () => this.#schedule())
    this.#call.open()
    this.#options.onEvent({ kind: 'connected', node, stream: this.id })
    for (const request of this.#early.splice(0)) this.#receive(request)
  }

  #receive(request: DiscoveryRequest): void {
    const { limits } = this.#options
    const receipt = this.#subscriptions.receive(request, this.#session?.snapshot())
    const names = request.subscribe.length > 0 || request.names.length > 0
    if (names && this.#subscriptions.size > limits.subscriptions) {
      throw new IsthmusError('ISM3012', `more than ${limits.subscriptions} names on one stream`)
    }
    if (this.#subscriptions.count > limits.types) {
      throw new IsthmusError('ISM3012', `more than ${limits.types} types on one stream`)
    }
    this.#note(request, receipt)
    if (this.#ending && !this.#subscriptions.busy) this.#call.end(this.#ending.status, this.#ending.text)
    else this.#schedule()
  }

  #note(request: DiscoveryRequest, receipt: Receipt): void {
    if (receipt.kind !== 'ack' && receipt.kind !== 'nack') return
    const { typeUrl } = request
    const [node, at, marks] = [this.#node!, this.#options.clock.now(), this.#marksOf(typeUrl)]
    const stream = this.id
    this.#session?.hears?.({ kind: 'answered', typeUrl })
    if (receipt.kind === 'ack') {
      marks.acked = { nonce: receipt.nonce, at }
      if (this.#subscriptions.get(typeUrl)?.refused.size === 0) delete marks.nacked
      this.#options.onEvent({ kind: 'ack', node, stream, typeUrl, afterMs: at - (marks.sent?.at ?? at) })
      return
    }
    const meant = this.#session?.snapshot()?.resources.get(typeUrl)
    const resources = receipt.refused.map(r => ({ ...r, origins: meant?.get(r.name)?.origins ?? [] }))
    const nack = { nonce: receipt.nonce, at, words: receipt.words, resources }
    marks.nacked = nack
    const names = resources.map(r => r.name)
    this.#options.log.warn({ code: 'ISM3004', proxy: node.id, typeUrl, names, words: nack.words }, 'a proxy refused')
    this.#options.onEvent({ kind: 'nack', node, stream, typeUrl, nack })
  }

  // --- out -------------------------------------------------------------------------------------------------------

  /** Sends at the end of this turn of the event loop: what else arrives in it counts too. */
  #schedule(): void {
    if (this.#scheduled || this.#state !== 'open') return
    this.#scheduled = true
    this.#options.turn.add(this)
  }

  /** Sends what there is to send. */
  run(): void {
    this.#scheduled = false
    try {
      this.#pump()
    } catch (error) {
      this.#call.fail(error)
    }
  }

  #pump(): void {
    const snapshot = this.#session?.snapshot()
    if (this.#state !== 'open' || !snapshot || this.#ending) return
    // What a client does not take would only grow old in memory: it gets the newest once it does.
    while (!this.#call.congested) {
      const next = this.#subscriptions.next(snapshot)
      if (!next) break
      const frame = responseFrame(this.#options.mode, next.change, next.nonce)
      this.#call.write(frame.buffers)
      const at = this.#options.clock.now()
      const { typeUrl, resources, removed } = next.change
      this.#marksOf(typeUrl).sent = { version: frame.version, nonce: next.nonce, at }
      const [count, gone, bytes] = [resources.length, removed.length, frame.size]
      this.#session?.hears?.({ kind: 'sent', typeUrl, resources: count, removed: gone, bytes })
    }
    this.#session?.hears?.({ kind: 'rest', waiting: this.#subscriptions.waiting })
    if (!this.#subscriptions.waiting) {
      this.#stopPatience?.()
      this.#stopPatience = undefined
    } else if (!this.#stopPatience) {
      this.#stopPatience = this.#options.clock.after(patienceMs, () => {
        this.#stopPatience = undefined
        this.#subscriptions.stopWaiting()
        this.#schedule()
      })
    }
  }

  drained(): void {
    this.#schedule()
  }

  // --- end -------------------------------------------------------------------------------------------------------

  closed(): void {
    if (this.#state === 'closed') return
    const opened = this.#state === 'open'
    this.#state = 'closed'
    this.#stopPatience?.()
    this.#session?.close()
    if (opened) this.#options.onEvent({ kind: 'disconnected', node: this.#node!, stream: this.id })
    this.#options.onClose(this)
  }

  // --- for people ------------------------------------------------------------------------------------------------

  /** Undefined before the client was let in. */
  get status(): ProxyStatus | undefined {
    if (!this.#node || this.#state !== 'open') return undefined
    const types = [...this.#subscriptions.types].map(s => this.#typeStatus(s))
    return {
      stream: this.id,
      node: this.#node,
      mode: this.#options.mode,
      peer: this.#call.peer,
      connectedSince: this.#since,
      inStep: types.every(t => t.inStep),
      unreadBytes: this.#call.unreadBytes,
      types,
    }
  }

  get config(): ProxyConfig {
    const config: Record<string, ReturnType<typeof shown>[]> = {}
    for (const { typeUrl, held } of this.#subscriptions.types) {
      config[typeUrl] = [...held.values()].sort(byName).map(shown)
    }
    return config
  }

  #typeStatus(s: Subscription): TypeStatus {
    const target = this.#session?.snapshot()?.resources.get(s.typeUrl) ?? emptyMap
    const { typeUrl, wildcard, names, held } = s
    const base = { typeUrl, wildcard, subscribed: names.size, held: held.size, inStep: s.inStep(target) }
    return { ...base, ...this.#marks.get(typeUrl) }
  }

  #marksOf(typeUrl: string): Marks {
    let marks = this.#marks.get(typeUrl)
    if (!marks) {
      marks = {}
      this.#marks.set(typeUrl, marks)
    }
    return marks
  }
}

function byName(a: Resource, b: Resource): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
