import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Push, stagesOf } from '@isthmus/control-plane/wiring/metrics/push.ts'
import { PushFollower } from '@isthmus/control-plane/wiring/metrics/push-follower.ts'
import { PushLog } from '@isthmus/control-plane/wiring/metrics/push-log.ts'
import { PushMetrics } from '@isthmus/control-plane/wiring/metrics/pushes.ts'
import { Registry } from 'prom-client'

const endpoint = 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment'
const cluster = 'type.googleapis.com/envoy.config.cluster.v3.Cluster'

/** A push log on a clock of its own, and what it told its observer. */
class World {
  now = 1_000
  readonly done: (readonly [number, number])[] = []
  readonly reached: (readonly [number, number])[] = []
  readonly overtaken: number[] = []
  readonly waited: (number | undefined)[] = []
  readonly log: PushLog

  constructor(options: { readonly keep?: number; readonly owed?: number } = {}) {
    this.log = new PushLog({
      ...options,
      now: () => this.now,
      observer: {
        sent: (_step, afterMs) => void this.waited.push(afterMs),
        reached: (push, afterMs) => void this.reached.push([push.id, afterMs]),
        done: (push, afterMs) => void this.done.push([push.id, afterMs]),
        overtaken: push => void this.overtaken.push(push.id),
      },
    })
  }

  /** Heard of now, in the mesh 1 ms later, followed from 2 to 5 ms later, when these proxies are told. */
  change(proxies: readonly PushFollower[], hostname = 'a.b'): Push {
    this.log.heard(0)
    this.now += 1
    this.log.published([{ kind: 'endpoints', hostnames: new Set([hostname]) }])
    this.now += 1
    this.log.step({ kind: 'follows' })
    this.now += 3
    this.log.step({ kind: 'followed', views: 3 })
    for (const proxy of proxies) proxy.told()
    return this.log.latest!
  }

  proxies(count: number): PushFollower[] {
    return Array.from({ length: count }, () => new PushFollower(this.log))
  }

  send(proxy: PushFollower, typeUrl = endpoint): void {
    this.now += 1
    proxy.hears({ kind: 'sent', typeUrl, resources: 1, removed: 0, bytes: 100 })
    proxy.hears({ kind: 'rest', waiting: false })
  }

  answer(proxy: PushFollower, typeUrl = endpoint): void {
    this.now += 1
    proxy.hears({ kind: 'answered', typeUrl })
  }

  rest(proxy: PushFollower, waiting = false): void {
    proxy.hears({ kind: 'rest', waiting })
  }
}

describe('a change, from being heard of to the last answer', () => {
  test('counts from when it was heard of until the last proxy answered', () => {
    const world = new World()
    const [a, b] = world.proxies(2) as [PushFollower, PushFollower]
    const push = world.change([a, b])
    world.send(a)
    world.send(b)
    world.answer(b)
    world.rest(b)
    assert.equal(world.done.length, 0)
    world.answer(a)
    // The turn after the answer is ours, not the proxy's.
    world.now += 7
    world.rest(a)
    assert.deepEqual(world.reached, [
      [1, 8],
      [1, 9],
    ])
    assert.deepEqual(world.done, [[1, 9]])
    assert.deepEqual(stagesOf(push), { read: 1, wait: 1, make: 3, write: 2, acknowledge: 2 })
    assert.deepEqual(world.waited, [6, 7])
    const { told, waiting, responses, resources, bytes, what } = push
    assert.deepEqual(
      { told, waiting, responses, resources, bytes, what },
      { told: 2, waiting: 0, responses: 2, resources: 2, bytes: 200, what: ['a.b'] },
    )
  })

  test('a source that needed time to read says so, and the earliest word counts', () => {
    const world = new World()
    const [a] = world.proxies(1) as [PushFollower]
    world.log.heard(20)
    const push = world.change([a])
    assert.equal(stagesOf(push).read, 21)
  })

  test('a later change does not hide that the earlier one was answered', () => {
    const world = new World()
    const [a] = world.proxies(1) as [PushFollower]
    world.change([a])
    world.send(a)
    world.change([a])
    world.rest(a)
    assert.equal(world.done.length, 0)
    world.answer(a)
    // The answer lets the second go out, in the same turn.
    world.send(a)
    assert.deepEqual(
      world.done.map(([id]) => id),
      [1],
    )
    world.answer(a)
    world.rest(a)
    assert.deepEqual(
      world.done.map(([id]) => id),
      [1, 2],
    )
  })

  test('is not over while something is held back, nor while another type is not answered', () => {
    const world = new World()
    const [a] = world.proxies(1) as [PushFollower]
    world.change([a])
    world.send(a, cluster)
    world.answer(a, cluster)
    world.rest(a, true)
    assert.equal(world.done.length, 0)
    world.send(a, endpoint)
    world.send(a, cluster)
    world.answer(a, endpoint)
    world.rest(a)
    assert.equal(world.done.length, 0)
    world.answer(a, cluster)
    world.rest(a)
    assert.equal(world.done.length, 1)
  })

  test('a proxy that goes away is not waited for', () => {
    const world = new World()
    const [a, b] = world.proxies(2) as [PushFollower, PushFollower]
    const push = world.change([a, b])
    world.send(a)
    world.send(b)
    world.answer(a)
    world.rest(a)
    b.close()
    assert.equal(world.done.length, 1)
    assert.deepEqual([push.waiting, push.lost], [0, 1])
  })

  test('where no proxy had to be sent anything, nothing is said', () => {
    const world = new World()
    const [a] = world.proxies(1) as [PushFollower]
    const push = world.change([a])
    world.rest(a)
    assert.equal(push.waiting, 0)
    assert.deepEqual([world.done, world.reached], [[], []])
  })

  test('a proxy that never answers holds a bounded number of pushes and not the figures of the others', () => {
    const world = new World({ keep: 10, owed: 4 })
    const [a, stuck] = world.proxies(2) as [PushFollower, PushFollower]
    for (let i = 1; i <= 100; i++) {
      world.change([a, stuck])
      world.send(a)
      if (i === 1) world.send(stuck)
      world.answer(a)
      world.rest(a)
    }
    assert.equal(stuck.owed, 4)
    assert.equal(world.reached.length, 100)
    assert.equal(world.done.length, 96)
    assert.deepEqual(world.overtaken.slice(0, 3), [1, 2, 3])
    assert.ok(world.log.recent.length < 20)
    assert.equal(world.log.recent[0]?.id, 100)
  })
})

test('what Prometheus reads of it', async () => {
  const registry = new Registry()
  let now = 0
  const log = new PushLog({ now: () => now, observer: new PushMetrics(registry) })
  const proxy = new PushFollower(log)
  log.heard(0)
  log.published([{ kind: 'rules', tables: new Set(['virtualServices'] as const) }])
  log.step({ kind: 'follows' })
  log.step({ kind: 'followed', views: 1 })
  proxy.told()
  now = 4
  proxy.hears({ kind: 'sent', typeUrl: cluster, resources: 2, removed: 0, bytes: 1_000 })
  proxy.hears({ kind: 'rest', waiting: false })
  now = 30
  proxy.hears({ kind: 'answered', typeUrl: cluster })
  proxy.hears({ kind: 'rest', waiting: false })
  const text = await registry.metrics()
  for (const line of [
    'isthmus_convergence_seconds_bucket{le="0.025",kind="rules"} 0',
    'isthmus_convergence_seconds_bucket{le="0.05",kind="rules"} 1',
    'isthmus_convergence_seconds_bucket{le="+Inf",kind="rules"} 1',
    'isthmus_convergence_seconds_sum{kind="rules"} 0.03',
    'isthmus_proxy_convergence_seconds_count{kind="rules"} 1',
    'isthmus_change_wait_seconds_bucket{le="0.005",to="proxy"} 1',
    'isthmus_response_bytes_bucket{le="1024",type="Cluster"} 1',
    'isthmus_response_resources_sum{type="Cluster"} 2',
    'isthmus_push_stage_seconds_sum{stage="acknowledge"} 0.026',
  ])
    assert.ok(text.includes(`${line}\n`), line)
})
