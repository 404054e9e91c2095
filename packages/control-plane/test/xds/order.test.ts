import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeResource } from '@isthmus/control-plane/snapshot/encode.ts'
import type { Snapshot } from '@isthmus/control-plane/snapshot/resource.ts'
import type { DiscoveryRequest } from '@isthmus/control-plane/xds/request.ts'
import { Subscriptions } from '@isthmus/control-plane/xds/subscriptions.ts'
import { discoveryRequest } from '../support/discovery-request.ts'
import {
  clusterMessage,
  endpointsMessage,
  mergeSnapshots,
  routeMessage,
  service,
  snapshotOf,
  typeUrls,
} from '../support/tiny-snapshot.ts'

/** The order between types, without a network: what may be sent when. */

const short: Readonly<Record<string, string>> = {
  [typeUrls.cluster]: 'cds',
  [typeUrls.endpoint]: 'eds',
  [typeUrls.listener]: 'lds',
  [typeUrls.route]: 'rds',
}

class Story {
  readonly subscriptions: Subscriptions
  readonly nonces = new Map<string, string>()
  world: Snapshot

  constructor(world: Snapshot, mode: 'delta' | 'sotw' = 'delta') {
    this.world = world
    this.subscriptions = new Subscriptions(mode)
  }

  ask(typeUrl: string, init: Partial<DiscoveryRequest> = {}): void {
    this.subscriptions.receive(discoveryRequest(typeUrl, init), this.world)
  }
  ack(typeUrl: string, init: Partial<DiscoveryRequest> = {}): void {
    this.ask(typeUrl, { nonce: this.nonces.get(typeUrl)!, ...init })
  }
  /** All that may be sent now: `cds +a`, `cds -a`. */
  sent(): string[] {
    const lines: string[] = []
    for (let next = this.subscriptions.next(this.world); next; next = this.subscriptions.next(this.world)) {
      const { change, nonce } = next
      this.nonces.set(change.typeUrl, nonce)
      const what = [...change.resources.map(r => `+${r.name}`), ...change.removed.map(n => `-${n}`)]
      lines.push([short[change.typeUrl], ...what].join(' '))
    }
    return lines
  }
  change(changed: Parameters<typeof encodeResource>[0][], gone: Parameters<typeof encodeResource>[0][] = []): void {
    this.world = mergeSnapshots(
      this.world,
      changed.map(t => encodeResource(t)),
      gone.map(t => encodeResource(t)),
    )
  }
}

/** A proxy that has cluster a with its endpoints, and a route to it. */
function settled(mode: 'delta' | 'sotw' = 'delta'): Story {
  const story = new Story(snapshotOf(...service('a', [1]), routeMessage('r', { '*': 'a' })), mode)
  story.ask(typeUrls.cluster)
  assert.deepEqual(story.sent(), ['cds +a'])
  story.ack(typeUrls.cluster)
  story.ask(typeUrls.endpoint, { subscribe: ['a'], names: ['a'] })
  assert.deepEqual(story.sent(), ['eds +a'])
  story.ack(typeUrls.endpoint, { names: ['a'] })
  story.ask(typeUrls.route, { subscribe: ['r'], names: ['r'] })
  assert.deepEqual(story.sent(), ['rds +r'])
  story.ack(typeUrls.route, { names: ['r'] })
  assert.deepEqual(story.sent(), [])
  return story
}

describe('make before break', () => {
  test('a route follows its new cluster, the old one goes last, whatever is acknowledged when', () => {
    const story = settled()
    story.change([...service('b', [2]), routeMessage('r', { '*': 'b' })], service('a', []))
    assert.deepEqual(story.sent(), ['cds +b'])
    // Envoy asks for endpoints before it acknowledges the cluster.
    story.ask(typeUrls.endpoint, { subscribe: ['b'] })
    assert.deepEqual(story.sent(), ['eds +b'])
    story.ack(typeUrls.endpoint)
    assert.deepEqual(story.sent(), [], 'the cluster is not acknowledged')
    story.ack(typeUrls.cluster)
    assert.deepEqual(story.sent(), ['rds +r'])
    assert.deepEqual(story.sent(), [], 'the old cluster stays until the route is acknowledged')
    story.ack(typeUrls.route)
    assert.deepEqual(story.sent(), ['cds -a'])
    story.ask(typeUrls.endpoint, { unsubscribe: ['a'] })
    story.ack(typeUrls.cluster)
    assert.deepEqual(story.sent(), [])
  })

  test('where no route and no listener changes, what goes needs no response of its own', () => {
    for (const mode of ['delta', 'sotw'] as const) {
      const story = settled(mode)
      story.change(service('b', [2]))
      assert.deepEqual(story.sent(), [mode === 'delta' ? 'cds +b' : 'cds +a +b'])
      story.ask(typeUrls.endpoint, { subscribe: ['b'], names: ['a', 'b'], nonce: story.nonces.get(typeUrls.endpoint)! })
      assert.deepEqual(story.sent(), ['eds +b'])
      story.ack(typeUrls.endpoint, { names: ['a', 'b'] })
      story.ack(typeUrls.cluster)
      assert.deepEqual(story.sent(), [])
      story.change(service('c', [3]), service('b', []))
      assert.deepEqual(story.sent(), [mode === 'delta' ? 'cds +c -b' : 'cds +a +c'])
      // The proxy is to ask for the endpoints of c: it takes b's back with that, and need not be told.
      story.ack(typeUrls.cluster)
      assert.deepEqual(story.sent(), [])
      const names = { subscribe: ['c'], unsubscribe: ['b'], names: ['a', 'c'] }
      story.ask(typeUrls.endpoint, { ...names, nonce: story.nonces.get(typeUrls.endpoint)! })
      assert.deepEqual(story.sent(), ['eds +c'])
      story.ack(typeUrls.endpoint, { names: ['a', 'c'] })
      assert.deepEqual(story.sent(), [])
      assert.ok(!story.subscriptions.waiting)
    }
  })

  test('a route waits for endpoints that the proxy has not asked for yet', () => {
    const story = settled()
    story.change([...service('b', [2]), routeMessage('r', { '*': 'b' })])
    assert.deepEqual(story.sent(), ['cds +b'])
    story.ack(typeUrls.cluster)
    assert.deepEqual(story.sent(), [])
    assert.ok(story.subscriptions.waiting)
    story.ask(typeUrls.endpoint, { subscribe: ['b'] })
    assert.deepEqual(story.sent(), ['eds +b'])
    story.ack(typeUrls.endpoint)
    assert.deepEqual(story.sent(), ['rds +r'])
  })

  test('a cluster that hangs does not hold up routes for ever', () => {
    const story = settled()
    story.change([clusterMessage('a', 9), routeMessage('r', { 'x.example': 'a' })])
    assert.deepEqual(story.sent(), ['cds +a', 'eds +a'], 'its endpoints are sent again at once')
    story.ack(typeUrls.endpoint)
    assert.deepEqual(story.sent(), [])
    assert.ok(story.subscriptions.waiting)
    story.subscriptions.stopWaiting()
    assert.deepEqual(story.sent(), ['rds +r'])
  })

  test('a cluster that is never ready does not keep all others as they are', () => {
    const story = settled()
    story.change([...service('bad', [1]), routeMessage('r', { '*': 'bad' })])
    assert.deepEqual(story.sent(), ['cds +bad'])
    story.ask(typeUrls.endpoint, { subscribe: ['bad'] })
    assert.deepEqual(story.sent(), ['eds +bad'])
    story.ack(typeUrls.endpoint)
    // It waits for something else: its secret. Envoy acknowledges no clusters meanwhile.
    story.change([...service('b', [2]), routeMessage('r', { '*': 'b' })], service('bad', []))
    assert.deepEqual(story.sent(), [])
    story.subscriptions.stopWaiting()
    assert.deepEqual(story.sent(), ['cds +b'])
    story.ask(typeUrls.endpoint, { subscribe: ['b'] })
    assert.deepEqual(story.sent(), ['eds +b'])
    story.ack(typeUrls.endpoint)
    assert.ok(story.subscriptions.waiting)
    story.subscriptions.stopWaiting()
    assert.deepEqual(story.sent(), ['rds +r'])
    story.ack(typeUrls.route)
    assert.deepEqual(story.sent(), ['cds -bad'])
    story.ack(typeUrls.cluster)
    assert.deepEqual(story.sent(), ['eds -bad'])
  })

  test('a cluster that goes while its endpoints are waited for gets some, or it could not go', () => {
    for (const mode of ['delta', 'sotw'] as const) {
      const story = new Story(snapshotOf(...service('a', [1])), mode)
      story.ask(typeUrls.cluster)
      assert.deepEqual(story.sent(), ['cds +a'])
      story.change(service('b', [1]), service('a', []))
      // Envoy acknowledges the cluster only when it has endpoints for it.
      story.ask(typeUrls.endpoint, { subscribe: ['a'], names: ['a'] })
      assert.deepEqual(story.sent(), [mode === 'delta' ? 'eds -a' : 'eds +a'], mode)
      story.ack(typeUrls.endpoint, { names: ['a'] })
      story.ack(typeUrls.cluster)
      assert.match(story.sent()[0] ?? '', /^cds .b/, mode)
    }
  })

  test('the same for a cluster that changed before it goes', () => {
    for (const mode of ['delta', 'sotw'] as const) {
      const story = new Story(snapshotOf(...service('a', [1])), mode)
      story.ask(typeUrls.cluster)
      assert.deepEqual(story.sent(), ['cds +a'])
      story.ask(typeUrls.endpoint, { subscribe: ['a'], names: ['a'] })
      assert.deepEqual(story.sent(), ['eds +a'])
      story.ack(typeUrls.endpoint, { names: ['a'] })
      story.ack(typeUrls.cluster)
      story.change([endpointsMessage('a', [2])])
      assert.deepEqual(story.sent(), ['eds +a'])
      // Its endpoints have to be sent again, but others are under way, and then all of it goes.
      story.change([clusterMessage('a', 9)])
      assert.deepEqual(story.sent(), ['cds +a'])
      story.change([], service('a', []))
      story.ack(typeUrls.endpoint, { names: ['a'] })
      assert.deepEqual(story.sent(), ['eds +a'], mode)
      story.ack(typeUrls.endpoint, { names: ['a'] })
      story.ack(typeUrls.cluster)
      assert.deepEqual(story.sent(), [mode === 'delta' ? 'cds -a' : 'cds'], mode)
      story.ack(typeUrls.cluster)
      assert.deepEqual(story.sent(), mode === 'delta' ? ['eds -a'] : [], mode)
    }
  })

  test('endpoints that never come to rest do not starve routes', () => {
    const story = settled()
    for (let port = 2; port < 6; port++) {
      story.change([endpointsMessage('a', [port])])
      assert.deepEqual(story.sent(), ['eds +a'])
      story.change([endpointsMessage('a', [port + 100]), routeMessage('r', { [`v${port}.example`]: 'a' })])
      assert.deepEqual(story.sent(), ['rds +r'])
      story.ack(typeUrls.route)
      story.ack(typeUrls.endpoint)
    }
  })

  test('what a broken stream was owed is known', () => {
    const story = settled()
    story.change([clusterMessage('a', 9)])
    assert.deepEqual(story.sent(), ['cds +a', 'eds +a'])
    assert.deepEqual(story.subscriptions.owed, ['a'])
    const successor = new Subscriptions('delta', story.subscriptions.owed)
    const versions = { a: story.world.resources.get(typeUrls.endpoint)!.get('a')!.version }
    successor.receive(
      {
        typeUrl: typeUrls.endpoint,
        nonce: '',
        subscribe: ['a'],
        unsubscribe: [],
        initialVersions: versions,
        names: [],
        version: '',
      },
      story.world,
    )
    assert.deepEqual(
      successor.next(story.world)?.change.resources.map(r => r.name),
      ['a'],
    )
  })
})
