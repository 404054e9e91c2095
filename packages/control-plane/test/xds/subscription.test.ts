import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Resource } from '@isthmus/control-plane/snapshot/resource.ts'
import type { DiscoveryRequest, Mode } from '@isthmus/control-plane/xds/request.ts'
import { Subscription } from '@isthmus/control-plane/xds/subscription.ts'
import { listVersion } from '@isthmus/control-plane/xds/versions.ts'
import { discoveryRequest } from '../support/discovery-request.ts'
import { typeUrls } from '../support/tiny-snapshot.ts'

/*
 * The protocol as a table. A case is a list of steps on one type of one stream:
 *   ask: a request     world: what there is now, `name` → version     expect: what is sent (`name=version`, `-name` removed)
 *   ack / nack: the answer to the last response
 */
type Step =
  | { ask: Partial<DiscoveryRequest> }
  | { world: Readonly<Record<string, string>> }
  | { expect: readonly string[] | 'nothing' }
  | { ack: true }
  | { nack: string }
interface Case {
  readonly name: string
  readonly mode: Mode
  readonly type?: string
  readonly steps: readonly Step[]
}

const resources = new Map<string, Resource>()
function resource(typeUrl: string, name: string, version: string): Resource {
  const key = `${typeUrl} ${name} ${version}`
  let r = resources.get(key)
  if (!r) {
    r = { typeUrl, name, version, bytes: Buffer.from(version), origins: [] }
    resources.set(key, r)
  }
  return r
}

function run({ mode, type = typeUrls.endpoint, steps }: Case): void {
  const subscription = new Subscription(type, mode)
  let map: ReadonlyMap<string, Resource> = new Map()
  let nonce = 0
  let names: readonly string[] = []
  for (const [i, step] of steps.entries()) {
    const at = `step ${i + 1}: ${JSON.stringify(step)}`
    if ('world' in step) map = new Map(Object.entries(step.world).map(([n, v]) => [n, resource(type, n, v)]))
    else if ('ask' in step) {
      if (step.ask.names && step.ask.nonce === undefined) names = step.ask.names
      // State of the world: a request says the last nonce it has seen.
      const seen = mode === 'sotw' && nonce > 0 && step.ask.nonce === undefined ? { nonce: String(nonce) } : {}
      subscription.receive(discoveryRequest(type, { ...step.ask, ...seen }), map)
    } else if ('ack' in step) subscription.receive(discoveryRequest(type, { nonce: String(nonce), names }), map)
    else if ('nack' in step)
      subscription.receive(discoveryRequest(type, { nonce: String(nonce), names, error: step.nack }), map)
    else {
      const change = subscription.next(map, true)
      if (step.expect === 'nothing') {
        assert.equal(change, undefined, at)
        continue
      }
      assert.ok(change, at)
      const sent = [...change.resources.map(r => `${r.name}=${r.version}`), ...change.removed.map(n => `-${n}`)]
      assert.deepEqual(sent.sort(), [...step.expect].sort(), at)
      subscription.sent(change, String(++nonce))
    }
  }
}

const cds = typeUrls.cluster
const cases: readonly Case[] = [
  {
    name: 'delta: a first request without names is the legacy wildcard',
    mode: 'delta',
    type: cds,
    steps: [
      { world: { a: '1', b: '1' } },
      { ask: {} },
      { expect: ['a=1', 'b=1'] },
      { ack: true },
      { expect: 'nothing' },
      { world: { a: '2', c: '1' } },
      { expect: ['a=2', 'c=1', '-b'] },
    ],
  },
  {
    name: 'delta: an endpoint request without names asks for nothing',
    mode: 'delta',
    steps: [{ world: { a: '1' } }, { ask: {} }, { expect: 'nothing' }],
  },
  {
    name: 'delta: "*" is everything, also later',
    mode: 'delta',
    steps: [
      { world: { a: '1', b: '1' } },
      { ask: { subscribe: ['a'] } },
      { expect: ['a=1'] },
      { ack: true },
      { ask: { subscribe: ['*'] } },
      { expect: ['b=1'] },
    ],
  },
  {
    name: 'delta: names only',
    mode: 'delta',
    steps: [
      { world: { a: '1', b: '1' } },
      { ask: { subscribe: ['b'] } },
      { expect: ['b=1'] },
      { ack: true },
      { world: { a: '2', b: '1' } },
      { expect: 'nothing' },
    ],
  },
  {
    name: 'delta: a name that is not there is said to be removed, and sent when it comes',
    mode: 'delta',
    steps: [
      { ask: { subscribe: ['a'] } },
      { expect: ['-a'] },
      { ack: true },
      { expect: 'nothing' },
      { world: { a: '1' } },
      { expect: ['a=1'] },
    ],
  },
  {
    name: 'delta: unsubscribed is forgotten, subscribed again is sent again',
    mode: 'delta',
    steps: [
      { world: { a: '1' } },
      { ask: { subscribe: ['a'] } },
      { expect: ['a=1'] },
      { ack: true },
      { ask: { unsubscribe: ['a'] } },
      { expect: 'nothing' },
      { world: { a: '2' } },
      { expect: 'nothing' },
      { ask: { subscribe: ['a'] } },
      { expect: ['a=2'] },
    ],
  },
  {
    name: 'delta: subscribing to what it has answers all the same',
    mode: 'delta',
    steps: [
      { world: { a: '1' } },
      { ask: { subscribe: ['a'] } },
      { expect: ['a=1'] },
      { ack: true },
      { ask: { subscribe: ['a'] } },
      { expect: ['a=1'] },
    ],
  },
  {
    name: 'delta: unsubscribing from a name that the wildcard covers answers with what holds',
    mode: 'delta',
    type: cds,
    steps: [
      { world: { a: '1' } },
      { ask: { subscribe: ['*', 'a'] } },
      { expect: ['a=1'] },
      { ack: true },
      { ask: { unsubscribe: ['a'] } },
      { expect: ['a=1'] },
      { ack: true },
      { world: { a: '2' } },
      { expect: ['a=2'] },
    ],
  },
  {
    name: 'delta: leaving the wildcard keeps the names asked for',
    mode: 'delta',
    type: cds,
    steps: [
      { world: { a: '1', b: '1' } },
      { ask: { subscribe: ['*', 'a'] } },
      { expect: ['a=1', 'b=1'] },
      { ack: true },
      { ask: { unsubscribe: ['*'] } },
      { world: { a: '2', b: '2' } },
      { expect: ['a=2'] },
    ],
  },
  {
    name: 'delta: coming back, only what differs is sent, and what is gone is removed',
    mode: 'delta',
    type: cds,
    steps: [
      { world: { a: '1', b: '2', d: '1' } },
      { ask: { initialVersions: { a: '1', b: '1', c: '1' } } },
      { expect: ['b=2', 'd=1', '-c'] },
    ],
  },
  {
    name: 'delta: coming back in step, nothing is sent',
    mode: 'delta',
    type: cds,
    steps: [{ world: { a: '1' } }, { ask: { initialVersions: { a: '1' } } }, { expect: 'nothing' }],
  },
  {
    name: 'delta: coming back with names, the same',
    mode: 'delta',
    steps: [
      { world: { a: '1', b: '2' } },
      { ask: { subscribe: ['a', 'b'], initialVersions: { a: '1', b: '1' } } },
      { expect: ['b=2'] },
    ],
  },
  {
    name: 'delta: what changes before the answer is merged, the newest goes',
    mode: 'delta',
    steps: [
      { world: { a: '1' } },
      { ask: { subscribe: ['a'] } },
      { expect: ['a=1'] },
      { world: { a: '2' } },
      { expect: 'nothing' },
      { world: { a: '3' } },
      { expect: 'nothing' },
      { ack: true },
      { expect: ['a=3'] },
    ],
  },
  {
    name: 'delta: a change and its undoing before the answer are nothing',
    mode: 'delta',
    steps: [
      { world: { a: '1' } },
      { ask: { subscribe: ['a'] } },
      { expect: ['a=1'] },
      { ack: true },
      { world: { a: '2' } },
      { world: { a: '1' } },
      { expect: 'nothing' },
    ],
  },
  {
    name: 'delta: subscriptions on a stale nonce count, its answer does not',
    mode: 'delta',
    steps: [
      { world: { a: '1', b: '1' } },
      { ask: { subscribe: ['a'] } },
      { expect: ['a=1'] },
      { ask: { nonce: '77', subscribe: ['b'] } },
      { expect: 'nothing' },
      { ack: true },
      { expect: ['b=1'] },
    ],
  },
  {
    name: 'delta: refused bytes are not sent again, changed ones are',
    mode: 'delta',
    steps: [
      { world: { a: '1' } },
      { ask: { subscribe: ['a'] } },
      { expect: ['a=1'] },
      { ack: true },
      { world: { a: '2' } },
      { expect: ['a=2'] },
      { nack: 'no' },
      { expect: 'nothing' },
      { world: { a: '3' } },
      { expect: ['a=3'] },
      { ack: true },
      { expect: 'nothing' },
    ],
  },
  {
    name: 'delta: after a refusal, going back to the good one needs nothing',
    mode: 'delta',
    steps: [
      { world: { a: '1' } },
      { ask: { subscribe: ['a'] } },
      { expect: ['a=1'] },
      { ack: true },
      { world: { a: '2' } },
      { expect: ['a=2'] },
      { nack: 'no' },
      { world: { a: '1' } },
      { expect: 'nothing' },
    ],
  },
  {
    name: 'delta: asked again for what it refused, it gets its last good one',
    mode: 'delta',
    steps: [
      { world: { a: '1' } },
      { ask: { subscribe: ['a'] } },
      { expect: ['a=1'] },
      { ack: true },
      { world: { a: '2' } },
      { expect: ['a=2'] },
      { nack: 'no' },
      { ask: { subscribe: ['a'] } },
      { expect: ['a=1'] },
    ],
  },
  {
    name: 'delta: the one named in the words is tried apart, the others go on',
    mode: 'delta',
    type: cds,
    steps: [
      { world: { a: '1', b: '1', c: '1' } },
      { ask: {} },
      { expect: ['a=1', 'b=1', 'c=1'] },
      { nack: 'Error adding/updating cluster(s) b: bad' },
      { expect: ['a=1', 'c=1'] },
      { ack: true },
      { expect: ['b=1'] },
      { nack: 'Error adding/updating cluster(s) b: bad' },
      { expect: 'nothing' },
    ],
  },
  {
    name: 'delta: words that name nobody: found by halves',
    mode: 'delta',
    type: cds,
    steps: [
      { world: { a: '1', b: '1', c: '1', d: '1' } },
      { ask: {} },
      { expect: ['a=1', 'b=1', 'c=1', 'd=1'] },
      { nack: 'no' },
      { expect: ['a=1', 'b=1'] },
      { ack: true },
      { expect: ['c=1', 'd=1'] },
      { nack: 'no' },
      { expect: ['c=1'] },
      { ack: true },
      { expect: ['d=1'] },
      { nack: 'no' },
      { expect: 'nothing' },
      { world: { a: '1', b: '1', c: '1', d: '2' } },
      { expect: ['d=2'] },
      { ack: true },
      { expect: 'nothing' },
    ],
  },
  {
    name: 'delta: a change that comes while culprits are looked for does not wait',
    mode: 'delta',
    type: cds,
    steps: [
      { world: { a: '1', b: '1' } },
      { ask: {} },
      { expect: ['a=1', 'b=1'] },
      { nack: 'no' },
      { world: { a: '1', b: '1', z: '1' } },
      { expect: ['z=1'] },
      { ack: true },
      { expect: ['a=1'] },
    ],
  },
  {
    name: 'sotw: wildcard, every change brings the whole list',
    mode: 'sotw',
    type: cds,
    steps: [
      { world: { a: '1', b: '1' } },
      { ask: {} },
      { expect: ['a=1', 'b=1'] },
      { ack: true },
      { expect: 'nothing' },
      { world: { a: '2', b: '1' } },
      { expect: ['a=2', 'b=1'] },
      { ack: true },
      { world: { a: '2' } },
      { expect: ['a=2'] },
    ],
  },
  {
    name: 'sotw: by name, only what changed; new names only themselves',
    mode: 'sotw',
    steps: [
      { world: { a: '1', b: '1' } },
      { ask: { names: ['a'] } },
      { expect: ['a=1'] },
      { ack: true },
      { ask: { names: ['a', 'b'] } },
      { expect: ['b=1'] },
      { ack: true },
      { world: { a: '2', b: '1' } },
      { expect: ['a=2'] },
    ],
  },
  {
    name: 'sotw: a name left out is unsubscribed, and sent again when it returns',
    mode: 'sotw',
    steps: [
      { world: { a: '1', b: '1' } },
      { ask: { names: ['a', 'b'] } },
      { expect: ['a=1', 'b=1'] },
      { ack: true },
      { ask: { names: ['a'] } },
      { world: { a: '1', b: '2' } },
      { expect: 'nothing' },
      { ask: { names: ['a', 'b'] } },
      { expect: ['b=2'] },
    ],
  },
  {
    name: 'sotw: what answers an older response is not heard',
    mode: 'sotw',
    steps: [
      { world: { a: '1', b: '1' } },
      { ask: { names: ['a'] } },
      { expect: ['a=1'] },
      { ask: { nonce: '0', names: ['b'] } },
      { expect: 'nothing' },
      { ack: true },
      { expect: 'nothing' },
    ],
  },
  {
    name: 'sotw: a refused cluster stands in the list as it was',
    mode: 'sotw',
    type: cds,
    steps: [
      { world: { a: '1', b: '1' } },
      { ask: {} },
      { expect: ['a=1', 'b=1'] },
      { ack: true },
      { world: { a: '1', b: '2' } },
      { expect: ['a=1', 'b=2'] },
      { nack: 'no' },
      { expect: 'nothing' },
      { world: { a: '2', b: '2' } },
      { expect: ['a=2', 'b=1'] },
      { ack: true },
      { world: { a: '2', b: '3' } },
      { expect: ['a=2', 'b=3'] },
    ],
  },
  {
    name: 'sotw: a wildcard over nothing is answered once',
    mode: 'sotw',
    type: cds,
    steps: [{ ask: {} }, { expect: [] }, { ack: true }, { expect: 'nothing' }],
  },
]

describe('subscription, as a table', () => {
  for (const c of cases) test(c.name, () => run(c))

  test('sotw: a list version depends on the list, not on its order', () => {
    const [a, b] = [resource(cds, 'a', '1'), resource(cds, 'b', '1')]
    const list = (...rs: Resource[]) => listVersion(new Map(rs.map(r => [r.name, r])))
    assert.equal(list(a, b), list(b, a))
    assert.notEqual(list(a, b), list(a, resource(cds, 'b', '2')))
  })
})
