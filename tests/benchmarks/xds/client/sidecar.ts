import { Call } from './http2.ts'
import { childOf, idOf, nameOf, referencesOf, type Type, types } from './names.ts'
import { Fields, field } from './protobuf.ts'

export type Mode = 'delta' | 'sotw'

export const urls: Readonly<Record<Type, string>> = {
  cluster: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  endpoint: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
  listener: 'type.googleapis.com/envoy.config.listener.v3.Listener',
  route: 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
}
const typeOfUrl = new Map<string, Type>(types.map(type => [urls[type], type]))
const service = '/envoy.service.discovery.v3.AggregatedDiscoveryService/'
const paths = { delta: `${service}DeltaAggregatedResources`, sotw: `${service}StreamAggregatedResources` }

/** Numbers of fields in the requests and responses of each mode. */
const numbers = {
  delta: { node: 1, url: 2, subscribe: 3, unsubscribe: 4, nonce: 6 },
  sotw: { version: 1, node: 2, names: 3, url: 4, nonce: 5 },
} as const

export interface SidecarOptions {
  readonly port: number
  readonly mode: Mode
  /** The encoded envoy.config.core.v3.Node. */
  readonly node: Uint8Array
  readonly window?: number
  /** Called for each response, before it is answered. The bytes are used again afterwards. */
  readonly onResponse?: (type: Type, bytes: Buffer) => void
  readonly onFull: () => void
  readonly onClosed: (why: string) => void
}

/** What a sidecar has of one type: arrays by the names' numbers. */
interface Held {
  asked: boolean
  /** Wildcard types: the first response has come. */
  complete: boolean
  version: string
  nonce: string
  /** How many resources name it; wildcard types use none. */
  wanted: Uint16Array
  wantedCount: number
  have: Uint8Array
  /** Of those wanted. */
  haveCount: number
  /** What each resource names. */
  references: (readonly number[] | undefined)[]
  /** State of the world: the names as fields of a request, until they change. */
  names: Buffer | undefined
}

/** A sidecar's discovery: asks and acknowledges in Envoy's order (clusters, their endpoints, listeners, their routes). */
export class Sidecar {
  readonly #options: SidecarOptions
  readonly #call: Call
  readonly #held: Readonly<Record<Type, Held>> = { cluster: held(), endpoint: held(), listener: held(), route: held() }
  #named = false
  full = false
  /** For whoever marks what it has seen. */
  seenAt = 0

  constructor(options: SidecarOptions) {
    this.#options = options
    this.#call = new Call({
      port: options.port,
      path: paths[options.mode],
      window: options.window ?? 0x7fffffff,
      message: bytes => this.#take(bytes),
      closed: options.onClosed,
    })
    this.#ask('cluster', [], [])
  }

  get received(): number {
    return this.#call.received
  }

  stall(): void {
    this.#call.stall()
  }

  close(): void {
    this.#call.close()
  }

  #take(bytes: Buffer): void {
    const f = new Fields(bytes)
    let [url, nonce, version] = ['', '', '']
    const resources: number[] = []
    const removed: string[] = []
    while (f.next()) {
      if (f.number === 2) resources.push(f.at, f.end)
      else if (f.number === 4) url = f.text()
      else if (f.number === 5) nonce = f.text()
      else if (f.number === 1) version = f.text()
      else if (f.number === 6) removed.push(f.text())
    }
    const type = typeOfUrl.get(url)
    if (!type) return
    this.#options.onResponse?.(type, bytes)
    const own = this.#held[type]
    Object.assign(own, { nonce, version })
    const before = this.#options.mode === 'sotw' && childOf[type] ? this.#replace(own) : undefined
    for (let i = 0; i < resources.length; i += 2) this.#put(type, bytes, resources[i]!, resources[i + 1]!)
    for (const name of removed) this.#drop(type, idOf(type, name))
    this.#send(type, [], [])
    own.complete = true
    this.#follow(type, before)
    this.#advance()
  }

  /** State of the world, whole lists: all that is not in the new one goes. @returns what was named */
  #replace(own: Held): readonly (readonly number[] | undefined)[] {
    const before = own.references
    own.references = []
    own.have.fill(0)
    return before
  }

  #put(type: Type, bytes: Buffer, at: number, end: number): void {
    let [name, version, from, to] = ['', '', 0, 0]
    const f = new Fields(bytes, at, end)
    if (this.#options.mode === 'delta') {
      while (f.next()) {
        if (f.number === 3) name = f.text()
        else if (f.number === 1) version = f.text()
        else if (f.number === 2) {
          const any = new Fields(bytes, f.at, f.end)
          while (any.next()) if (any.number === 2) [from, to] = [any.at, any.end]
        }
      }
    } else {
      while (f.next()) if (f.number === 2) [from, to] = [f.at, f.end]
      // name, or cluster_name: the first field of all four.
      const own = new Fields(bytes, from, to)
      while (name === '' && own.next()) if (own.number === 1) name = own.text()
    }
    const id = idOf(type, name)
    const own = this.#held[type]
    own.have = sized(own.have, id)
    if (!own.have[id]) {
      own.have[id] = 1
      if (own.wanted[id]) own.haveCount++
    }
    const child = childOf[type]
    if (!child) return
    const references = referencesOf(type, version, bytes, from, to)
    this.#refer(child, own.references[id], references)
    own.references[id] = references
  }

  #drop(type: Type, id: number): void {
    const own = this.#held[type]
    if (own.have[id]) {
      own.have[id] = 0
      if (own.wanted[id]) own.haveCount--
    }
    const child = childOf[type]
    if (child) this.#refer(child, own.references[id], undefined)
    own.references[id] = undefined
  }

  /** Names that came and went since the last request for the type. */
  readonly #news = { subscribe: new Set<number>(), unsubscribe: new Set<number>() }

  #refer(child: Type, before: readonly number[] | undefined, now: readonly number[] | undefined): void {
    if (before === now) return
    const own = this.#held[child]
    for (const id of now ?? []) {
      own.wanted = sized(own.wanted, id)
      if (own.wanted[id]!++ > 0) continue
      own.wantedCount++
      if (own.have[id]) own.haveCount++
      if (!this.#news.unsubscribe.delete(id)) this.#news.subscribe.add(id)
    }
    for (const id of before ?? []) {
      if (--own.wanted[id]! > 0) continue
      own.wantedCount--
      if (own.have[id]) own.haveCount--
      if (!this.#news.subscribe.delete(id)) this.#news.unsubscribe.add(id)
    }
  }

  #follow(type: Type, before: readonly (readonly number[] | undefined)[] | undefined): void {
    const child = childOf[type]
    if (!child) return
    // After the new ones are counted: what both name never goes to nought between.
    for (const references of before ?? []) if (references) this.#refer(child, references, undefined)
    const { subscribe, unsubscribe } = this.#news
    if (subscribe.size + unsubscribe.size === 0) return
    const own = this.#held[child]
    for (const id of unsubscribe) own.have[id] = 0
    own.names = undefined
    this.#ask(child, [...subscribe], [...unsubscribe])
    subscribe.clear()
    unsubscribe.clear()
  }

  #advance(): void {
    const { cluster, endpoint, listener, route } = this.#held
    if (this.full || !cluster.complete || endpoint.haveCount < endpoint.wantedCount) return
    if (!listener.asked) {
      this.#ask('listener', [], [])
      return
    }
    if (!listener.complete || route.haveCount < route.wantedCount) return
    this.full = true
    this.#options.onFull()
  }

  #ask(type: Type, subscribe: readonly number[], unsubscribe: readonly number[]): void {
    this.#held[type].asked = true
    this.#send(type, subscribe, unsubscribe)
  }

  /** An answer to the last response, or a change of what is asked for; in state of the world one message is both. */
  #send(type: Type, subscribe: readonly number[], unsubscribe: readonly number[]): void {
    const own = this.#held[type]
    const parts = [urlFields[this.#options.mode][type]]
    if (!this.#named) parts.push(field(numbers[this.#options.mode].node, this.#options.node))
    this.#named = true
    if (this.#options.mode === 'delta') {
      const { subscribe: add, unsubscribe: remove, nonce } = numbers.delta
      const answers = subscribe.length + unsubscribe.length === 0
      if (answers && own.nonce !== '') parts.push(field(nonce, own.nonce))
      for (const id of subscribe) parts.push(field(add, nameOf(type, id)))
      for (const id of unsubscribe) parts.push(field(remove, nameOf(type, id)))
    } else {
      own.names ??= this.#namesOf(type)
      parts.push(own.names)
      if (own.version !== '') parts.push(field(numbers.sotw.version, own.version))
      if (own.nonce !== '') parts.push(field(numbers.sotw.nonce, own.nonce))
    }
    this.#call.send(Buffer.concat(parts))
  }

  #namesOf(type: Type): Buffer {
    const names: Buffer[] = []
    for (const [id, count] of this.#held[type].wanted.entries())
      if (count > 0) names.push(field(numbers.sotw.names, nameOf(type, id)))
    return Buffer.concat(names)
  }
}

const urlFields = {
  delta: Object.fromEntries(types.map(type => [type, field(numbers.delta.url, urls[type])])) as Record<Type, Buffer>,
  sotw: Object.fromEntries(types.map(type => [type, field(numbers.sotw.url, urls[type])])) as Record<Type, Buffer>,
}

function held(): Held {
  return {
    ...{ asked: false, complete: false, version: '', nonce: '', wantedCount: 0, haveCount: 0, names: undefined },
    ...{ wanted: new Uint16Array(0), have: new Uint8Array(0), references: [] },
  }
}

function sized<A extends Uint8Array | Uint16Array>(array: A, id: number): A {
  if (id < array.length) return array
  const larger = new (array.constructor as new (length: number) => A)(Math.max(64, (id + 1) * 1.5) | 0)
  larger.set(array)
  return larger
}
