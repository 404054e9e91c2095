import assert from 'node:assert/strict'
import type { Resource, Snapshot } from '@isthmus/control-plane/snapshot/resource.ts'
import type { Change } from '@isthmus/control-plane/xds/change.ts'
import type { DiscoveryRequest, Mode } from '@isthmus/control-plane/xds/request.ts'
import { Subscriptions } from '@isthmus/control-plane/xds/subscriptions.ts'
import { typeUrls } from './tiny-snapshot.ts'

/** What a resource names: a listener's route configuration, a route configuration's cluster. */
export type Naming = (resource: Resource) => readonly string[]

const { cluster, endpoint, listener, route } = typeUrls
const types = [cluster, endpoint, listener, route]
const wildcards: ReadonlySet<string> = new Set([cluster, listener])

interface Response {
  readonly change: Change
  readonly nonce: string
}

/**
 * One stream between the control plane's subscriptions and a client that does as Envoy does, message by message: clusters
 * wait for endpoints sent after them, none is acknowledged before all are ready, endpoints and routes are asked for as
 * clusters and listeners name them, and after a broken stream the client says what it has. Messages wait in two queues until
 * they are delivered.
 */
export class EnvoyModel {
  readonly mode: Mode
  readonly held = new Map<string, Map<string, Resource>>(types.map(type => [type, new Map()]))
  /** EDS clusters that wait for endpoints; true: there is no earlier one in use meanwhile. */
  readonly warming = new Map<string, boolean>()
  /** Type and name of all that was sent although the client had it. */
  again: string[] = []
  /** Refuses these versions of clusters. */
  refuses: (resource: Resource) => boolean = () => false
  /** What holds of a client that nothing was refused by and that was never waited for too long. */
  strict = true
  readonly #naming: Naming
  #world: Snapshot
  #server: Subscriptions
  #toServer: DiscoveryRequest[] = []
  #toClient: Response[] = []
  #asked = new Map<string, Set<string>>()
  #nonces = new Map<string, string>()
  #heldBack: string | undefined

  constructor(mode: Mode, world: Snapshot, naming: Naming) {
    this.mode = mode
    this.#world = world
    this.#naming = naming
    this.#server = new Subscriptions(mode)
    this.#ask(cluster, [])
  }

  // --- what happens ------------------------------------------------------------------------------------------------

  world(world: Snapshot): void {
    this.#world = world
    this.#pump()
  }

  /** The stream breaks: what was under way is lost. A new one begins with what the client has. */
  reset(): void {
    const { owed } = this.#server
    // State of the world begins with a whole list, whatever the client has.
    if (this.mode === 'sotw') this.strict = false
    this.#server = new Subscriptions(this.mode, owed)
    this.#toServer = []
    this.#toClient = []
    this.#nonces.clear()
    this.#heldBack = undefined
    for (const [type, names] of this.#asked) this.#begin(type, names)
  }

  /** The first message that waits for the server. */
  toServer(): boolean {
    const request = this.#toServer.shift()
    if (!request) return false
    this.#server.receive(request, this.#world)
    this.#pump()
    return true
  }

  /** The first message that waits for the client. */
  toClient(): boolean {
    const response = this.#toClient.shift()
    if (!response) return false
    this.#take(response)
    this.#check()
    return true
  }

  /** Five seconds in which nothing else happens: all that was sent has been read. */
  patience(): void {
    while (this.toClient() || this.toServer());
    if (!this.#server.waiting) return
    // A client that has answered all and has no more to ask for is only waited for in vain.
    if (this.#heldBack !== undefined) this.strict = false
    this.#server.stopWaiting()
    this.#pump()
  }

  /** Until no message is left. @param patient without ever giving up on an answer */
  settle(patient: boolean): void {
    for (let i = 0; ; i++) {
      assert.ok(i < 500, 'it goes on for ever')
      if (this.toClient() || this.toServer()) continue
      if (!this.#server.waiting || (patient && this.#heldBack !== undefined)) return
      this.patience()
      if (this.#toClient.length === 0) return
    }
  }

  // --- the server's side -------------------------------------------------------------------------------------------

  #pump(): void {
    for (let next = this.#server.next(this.#world); next; next = this.#server.next(this.#world)) {
      const { change } = next
      if (!wildcards.has(change.typeUrl)) {
        const asked = this.#server.get(change.typeUrl)
        for (const { name } of change.resources) assert.ok(asked?.subscribes(name), `nobody asked for ${name}`)
      }
      this.#toClient.push(next)
    }
  }

  // --- the client's side -------------------------------------------------------------------------------------------

  #take({ change, nonce }: Response): void {
    const type = change.typeUrl
    this.#nonces.set(type, nonce)
    const held = this.held.get(type)!
    const full = this.mode === 'sotw' && wildcards.has(type)
    const bad = change.resources.find(r => held.get(r.name) !== r && this.refuses(r))
    if (bad) {
      this.strict = false
      this.#send(type, nonce, { error: `no: ${bad.name}` })
      return
    }
    const removed = full ? [...held.keys()].filter(n => !change.resources.some(r => r.name === n)) : change.removed
    for (const resource of change.resources) this.#put(type, resource, full)
    for (const name of removed) {
      held.delete(name)
      this.warming.delete(name)
    }
    if (type === cluster) {
      // As Envoy: the answer waits until every cluster is ready; the last one's only.
      this.#heldBack = nonce
      this.#want(endpoint, this.#named(cluster))
    } else {
      this.#send(type, nonce, {})
      if (type === listener) this.#want(route, this.#named(listener))
    }
    this.#ready()
  }

  #put(type: string, resource: Resource, full: boolean): void {
    const held = this.held.get(type)!
    const { name } = resource
    // Envoy passes over what it has let go of meanwhile.
    if (!wildcards.has(type) && !this.#asked.get(type)?.has(name)) return
    const before = held.get(name)
    if (before?.version === resource.version && !full && !(type === endpoint && this.warming.has(name))) {
      this.again.push(`${type.split('.').at(-1)} ${name}`)
    }
    if (type === cluster && before?.version !== resource.version && resource.endpointSet !== undefined) {
      this.warming.set(name, this.warming.get(name) ?? before === undefined)
    }
    if (type === endpoint) this.warming.delete(name)
    held.set(name, resource)
  }

  #ready(): void {
    if (this.warming.size > 0) return
    if (this.#heldBack !== undefined) {
      this.#send(cluster, this.#heldBack, {})
      this.#heldBack = undefined
    }
    if (!this.#asked.has(listener)) this.#ask(listener, [])
  }

  #named(type: string): Set<string> {
    const all = [...this.held.get(type)!.values()]
    return new Set(type === cluster ? all.flatMap(c => c.endpointSet ?? []) : all.flatMap(l => this.#naming(l)))
  }

  #want(type: string, wanted: ReadonlySet<string>): void {
    const asked = this.#asked.get(type) ?? new Set()
    const added = [...wanted].filter(name => !asked.has(name))
    const gone = [...asked].filter(name => !wanted.has(name))
    if (added.length > 0 || gone.length > 0) this.#ask(type, added, gone)
    for (const name of gone) this.held.get(type)!.delete(name)
  }

  #ask(type: string, added: readonly string[], gone: readonly string[] = []): void {
    const first = !this.#asked.has(type)
    const names = new Set(this.#asked.get(type))
    for (const name of added) names.add(name)
    for (const name of gone) names.delete(name)
    this.#asked.set(type, names)
    if (first) this.#begin(type, names)
    else
      this.#send(type, this.mode === 'sotw' ? (this.#nonces.get(type) ?? '') : '', {
        subscribe: added,
        unsubscribe: gone,
      })
  }

  /** The first request of a type on a stream. */
  #begin(type: string, names: ReadonlySet<string>): void {
    const held = this.held.get(type)!
    const initialVersions = Object.fromEntries([...held].map(([name, { version }]) => [name, version]))
    this.#send(type, '', { subscribe: [...names], initialVersions })
  }

  #send(typeUrl: string, nonce: string, more: Partial<DiscoveryRequest>): void {
    const { subscribe = [], unsubscribe = [], initialVersions = {}, error } = more
    const names = [...(this.#asked.get(typeUrl) ?? [])]
    const delta = this.mode === 'delta'
    this.#toServer.push({
      typeUrl,
      nonce,
      ...(error !== undefined && { error }),
      subscribe: delta ? subscribe : [],
      unsubscribe: delta ? unsubscribe : [],
      initialVersions: delta ? initialVersions : {},
      names: delta ? [] : names,
      version: delta || nonce !== '' || this.held.get(typeUrl)!.size === 0 ? '' : 'of an earlier stream',
    })
  }

  /** References hold: a route in use names a cluster that is there and ready, or was before its change. */
  #check(): void {
    if (!this.strict) return
    for (const l of this.held.get(listener)!.values()) {
      for (const name of this.#naming(l)) {
        const r = this.held.get(route)!.get(name)
        for (const to of r ? this.#naming(r) : []) {
          assert.ok(
            this.held.get(cluster)!.has(to),
            `route ${name} names cluster ${to}, which the client does not have`,
          )
          assert.notEqual(this.warming.get(to), true, `route ${name} names cluster ${to}, which is not ready`)
        }
      }
    }
  }

  /** By type, name and version. */
  get text(): string {
    const lines = [...this.held].flatMap(([type, all]) => [...all.values()].map(r => `${type} ${r.name} ${r.version}`))
    return lines.sort().join('\n')
  }
}
