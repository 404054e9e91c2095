import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeResource } from '@isthmus/control-plane/snapshot/encode.ts'
import type { Resource, Snapshot } from '@isthmus/control-plane/snapshot/resource.ts'
import fc from 'fast-check'
import { EnvoyModel } from '../support/envoy-model.ts'
import { clusterMessage, endpointsMessage, listenerMessage, routeMessage, typeUrls } from '../support/tiny-snapshot.ts'

/*
 * Whatever changes, and in whatever order messages arrive and streams break: a client that does as Envoy does holds in the
 * end what is meant for it, the same in both ways; and at no moment does a route of it name a cluster that it does not have.
 */

const named = new Map<Resource, readonly string[]>()
const made = new Map<string, Resource>()

/** Equal content is one object, as the engine gives it. */
function once(key: string, names: readonly string[], make: () => Parameters<typeof encodeResource>[0]): Resource {
  let resource = made.get(key)
  if (!resource) {
    resource = encodeResource(make())
    made.set(key, resource)
    named.set(resource, names)
  }
  return resource
}

interface World {
  /** By cluster: what it is, and its endpoints. */
  readonly clusters: Readonly<Record<string, readonly [number, number]>>
  /** By route configuration: to which cluster. */
  readonly routes: Readonly<Record<string, string>>
  /** By listener: which route configuration. */
  readonly listeners: Readonly<Record<string, string>>
}

const names = ['a', 'b', 'c'] as const
const anyWorld: fc.Arbitrary<World> = fc.record({
  clusters: fc.dictionary(fc.constantFrom(...names), fc.tuple(fc.nat(2), fc.nat(2))),
  routes: fc.dictionary(fc.constantFrom('r', 's'), fc.constantFrom(...names)),
  listeners: fc.dictionary(fc.constantFrom('k', 'l'), fc.constantFrom('r', 's')),
})

let last: Snapshot = { resources: new Map() }

/** What of it holds together; maps that did not change stay the same objects. */
function snapshotOf({ clusters, routes, listeners }: World): Snapshot {
  const there = Object.entries(routes).filter(([, to]) => to in clusters)
  const all = {
    cluster: Object.entries(clusters).map(([n, [s]]) => once(`c ${n} ${s}`, [], () => clusterMessage(n, s + 1))),
    endpoint: Object.entries(clusters).map(([n, [, p]]) =>
      once(`e ${n} ${p}`, [], () => endpointsMessage(n, p === 0 ? [] : [p])),
    ),
    route: there.map(([n, to]) => once(`r ${n} ${to}`, [to], () => routeMessage(n, { '*': to }))),
    listener: Object.entries(listeners)
      .filter(([, r]) => there.some(([n]) => n === r))
      .map(([n, r]) => once(`l ${n} ${r}`, [r], () => listenerMessage(n, 9000, r))),
  }
  const resources = new Map(
    Object.entries(all).map(([kind, list]) => {
      const typeUrl = typeUrls[kind as keyof typeof all]
      const before = last.resources.get(typeUrl)
      const same = before?.size === list.length && list.every(r => before.get(r.name) === r)
      return [typeUrl, same ? before : new Map(list.map(r => [r.name, r]))] as const
    }),
  )
  last = { resources }
  return last
}

const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('world' as const), world: anyWorld }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('toServer' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('toClient' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const) }) },
)
const anyPatience = { weight: 1, arbitrary: fc.record({ kind: fc.constant('patience' as const) }) }

/** What a client holds that has asked for all it is told of. */
function meant({ resources }: Snapshot): string {
  const all = (type: string) => [...(resources.get(type)?.values() ?? [])]
  const wanted = new Set(all(typeUrls.listener).flatMap(l => named.get(l) ?? []))
  const held = [
    ...[typeUrls.cluster, typeUrls.endpoint, typeUrls.listener].flatMap(all),
    ...all(typeUrls.route).filter(r => wanted.has(r.name)),
  ]
  return held
    .map(r => `${r.typeUrl} ${r.name} ${r.version}`)
    .sort()
    .join('\n')
}

type Step =
  | { readonly kind: 'world'; readonly world: World }
  | { readonly kind: 'toServer' | 'toClient' | 'reset' | 'patience' }

function follow(client: EnvoyModel, steps: readonly Step[]): void {
  for (const step of steps) {
    if (step.kind === 'world') client.world(snapshotOf(step.world))
    else client[step.kind]()
  }
}

for (const mode of ['delta', 'sotw'] as const) {
  describe(mode, () => {
    const client = (world: World) => new EnvoyModel(mode, snapshotOf(world), r => named.get(r) ?? [])

    test('references hold at each moment, and in the end all is there, without ever giving up on an answer', () => {
      fc.assert(
        fc.property(anyWorld, fc.array(anyStep, { maxLength: 60 }), anyWorld, (first, steps, end) => {
          const c = client(first)
          follow(c, steps as Step[])
          c.world(snapshotOf(end))
          c.settle(true)
          assert.equal(c.text, meant(last))
        }),
        { numRuns: 3_000 },
      )
    })

    test('a stream that breaks after any message', () => {
      fc.assert(
        fc.property(anyWorld, anyWorld, (first, second) => {
          // After each message of the start and of a change, as many as there are.
          for (let at = 0; at < 40; at++) {
            const c = client(first)
            let left = at
            const some = () => {
              while (left > 0 && (c.toServer() || c.toClient())) left--
            }
            some()
            if (left > 0) {
              c.world(snapshotOf(second))
              some()
            }
            c.reset()
            c.world(snapshotOf(second))
            c.settle(true)
            assert.equal(c.text, meant(last), `after ${at} messages`)
          }
        }),
        { numRuns: 60 },
      )
    })

    test('nothing is sent again that a client in step has, whatever changes elsewhere', () => {
      fc.assert(
        fc.property(fc.array(anyWorld, { minLength: 1, maxLength: 6 }), fc.boolean(), (worlds, breaks) => {
          const c = client(worlds[0]!)
          for (const world of worlds) {
            c.world(snapshotOf(world))
            c.settle(true)
            // State of the world has no way to say which names a client still has.
            if (breaks && mode === 'delta') {
              c.reset()
              c.settle(true)
            }
          }
          assert.deepEqual(c.again, [])
        }),
        { numRuns: 500 },
      )
    })

    test('refusals and lost patience: in the end all that is good is there', () => {
      fc.assert(
        fc.property(
          anyWorld,
          fc.array(fc.oneof(anyStep, anyPatience), { maxLength: 40 }),
          anyWorld,
          (first, steps, end) => {
            const c = client(first)
            // Clusters of the third kind are refused.
            c.refuses = r => r.typeUrl === typeUrls.cluster && r === made.get(`c ${r.name} 2`)
            follow(c, steps as Step[])
            const good = Object.fromEntries(Object.entries(end.clusters).map(([n, [s, p]]) => [n, [s % 2, p] as const]))
            c.world(snapshotOf({ ...end, clusters: good }))
            c.settle(false)
            assert.equal(c.text, meant(last))
          },
        ),
        { numRuns: 1_500 },
      )
    })
  })
}
