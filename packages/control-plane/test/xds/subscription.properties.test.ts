import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resource } from '@isthmus/control-plane/snapshot/resource.ts'
import type { Mode } from '@isthmus/control-plane/xds/request.ts'
import { Subscription } from '@isthmus/control-plane/xds/subscription.ts'
import fc from 'fast-check'
import { discoveryRequest } from '../support/discovery-request.ts'
import { typeUrls } from '../support/tiny-snapshot.ts'

/** Any order of subscriptions, changes and answers: once all is answered, the client holds exactly what it asked for. */

const names = ['a', 'b', 'c', 'd', 'e']
const pool = new Map<string, Resource>()
function resource(name: string, version: string): Resource {
  const key = name + version
  if (!pool.has(key))
    pool.set(key, { typeUrl: typeUrls.cluster, name, version, bytes: Buffer.from(version), origins: [] })
  return pool.get(key)!
}

const world = fc
  .dictionary(fc.constantFrom(...names), fc.constantFrom('1', '2', '3', 'bad'))
  .map(d => new Map(Object.entries(d).map(([n, v]) => [n, resource(n, v)])))
const step = fc.oneof(
  fc.record({ kind: fc.constant('world' as const), world }),
  fc.record({ kind: fc.constant('subscribe' as const), names: fc.subarray([...names, '*'], { minLength: 1 }) }),
  fc.record({ kind: fc.constant('unsubscribe' as const), names: fc.subarray([...names, '*'], { minLength: 1 }) }),
  fc.record({ kind: fc.constant('pump' as const) }),
  fc.record({ kind: fc.constant('answer' as const) }),
)

/** A client that refuses whatever holds a resource of version 'bad', and forgets what it unsubscribes from. */
class Client {
  readonly held = new Map<string, Resource>()
  readonly #subscription: Subscription
  readonly #mode: Mode
  #wildcard = false
  #names = new Set<string>()
  #nonce = 0
  #sent: { resources: readonly Resource[]; removed: readonly string[] } | undefined
  map: ReadonlyMap<string, Resource> = new Map()

  constructor(mode: Mode) {
    this.#mode = mode
    this.#subscription = new Subscription(typeUrls.cluster, mode)
    // The first names nobody, so that no legacy wildcard begins: '-' is never there.
    this.subscribe(['-'])
  }

  #ask(r: { subscribe?: readonly string[]; unsubscribe?: readonly string[]; error?: string }, answering = false): void {
    const nonce = this.#mode === 'sotw' || answering ? (this.#nonce > 0 ? String(this.#nonce) : '') : ''
    // In state of the world every request is an answer; so it waits for its turn.
    const all = [...this.#names, ...(this.#wildcard ? ['*'] : [])]
    this.#subscription.receive(discoveryRequest(typeUrls.cluster, { nonce, names: all, ...r }), this.map)
  }

  subscribe(list: readonly string[]): void {
    if (this.#mode === 'sotw') this.answer()
    if (list.includes('*')) this.#wildcard = true
    for (const n of list) if (n !== '*') this.#names.add(n)
    this.#ask({ subscribe: list })
  }

  unsubscribe(list: readonly string[]): void {
    if (this.#mode === 'sotw') this.answer()
    if (list.includes('*')) this.#wildcard = false
    for (const n of list) this.#names.delete(n)
    // What the wildcard covers stays; only in delta is it told that the name was taken back, and what holds now is sent.
    for (const n of list.includes('*') ? [...this.held.keys()] : list)
      if (!this.wants(n) || (this.#mode === 'delta' && list.includes(n))) this.held.delete(n)
    this.#ask({ unsubscribe: list })
  }

  wants(name: string): boolean {
    return this.#wildcard || this.#names.has(name)
  }

  pump(): boolean {
    const change = this.#subscription.next(this.map, true)
    if (!change) return false
    assert.equal(this.#sent, undefined, 'one change under way at a time')
    this.#sent = change
    this.#subscription.sent(change, String(++this.#nonce))
    return true
  }

  answer(): boolean {
    const sent = this.#sent
    if (!sent) return false
    this.#sent = undefined
    if (sent.resources.some(r => r.version === 'bad')) {
      this.#ask({ error: 'no' }, true)
      return true
    }
    if (this.#mode === 'sotw' && this.#wildcard) this.held.clear()
    for (const r of sent.resources) if (this.wants(r.name)) this.held.set(r.name, r)
    for (const n of sent.removed) this.held.delete(n)
    this.#ask({}, true)
    return true
  }

  settle(): void {
    for (let i = 0; this.answer() || this.pump(); i++) assert.ok(i < 200, 'it goes on for ever')
  }
}

for (const mode of ['delta', 'sotw'] as const) {
  test(`${mode}: in the end the client has what it wants, and goods are never held up by bads`, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.option(world, { freq: 2 }), (steps, settled) => {
        const client = new Client(mode)
        for (const s of steps) {
          if (s.kind === 'world') client.map = s.world
          else if (s.kind === 'subscribe') client.subscribe(s.names)
          else if (s.kind === 'unsubscribe') client.unsubscribe(s.names)
          else if (s.kind === 'pump') client.pump()
          else client.answer()
        }
        // Often nothing changes after the last step: no later list may be needed to put things right.
        const last = settled ?? client.map
        client.map = last
        client.settle()
        for (const name of names) {
          const want = client.wants(name) ? last.get(name) : undefined
          const has = client.held.get(name)
          if (want?.version === 'bad') assert.notEqual(has?.version, 'bad')
          else if (want) assert.equal(has, want, name)
          else if (mode === 'delta' || client.wants('anything')) assert.equal(has, undefined, name)
        }
      }),
      { numRuns: 2_000 },
    )
  })
}
