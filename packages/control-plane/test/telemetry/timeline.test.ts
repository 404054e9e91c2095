import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { NewEvent } from '@isthmus/control-plane/telemetry/index.ts'
import { Timeline } from '@isthmus/control-plane/telemetry/timeline.ts'
import { lastManager } from '@isthmus/control-plane/wiring/telemetry/author.ts'
import { memberEvents, troublesOf } from '@isthmus/control-plane/wiring/telemetry/member-events.ts'
import { ProxyEvents } from '@isthmus/control-plane/wiring/telemetry/proxy-events.ts'
import fc from 'fast-check'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { nodeOf } from './reports.ts'
import { host, hz, World } from './world.ts'

const event = (text: string, more: Partial<NewEvent> = {}): NewEvent => ({
  ...{ kind: 'rule', severity: 'info', regions: [], text },
  ...more,
})

describe('the timeline', () => {
  test('is bounded, keeps the newest, counts the rest; ids grow also over a restart', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 1, max: 50 }), (count, limit) => {
        let now = 1_000
        const timeline = new Timeline({ now: () => now, limit })
        for (let i = 0; i < count; i++) {
          now += i % 3
          timeline.add(event(`${i}`))
        }
        const { events, dropped } = timeline.list({ limit: 1_000 })
        assert.equal(events.length, Math.min(count, limit))
        assert.equal(events.length + dropped, count)
        assert.ok(events.every((e, i) => i === 0 || e.id < events[i - 1]!.id))
        assert.equal(events[0]?.text ?? String(count - 1), String(count - 1))
        const again = new Timeline({ now: () => now, limit })
        again.restore(JSON.parse(JSON.stringify(timeline.all)))
        const next = again.add(event('after'))
        assert.ok(next.id > (events[0]?.id ?? 0))
      }),
    )
  })

  test('pages by id, and finds by region, service and kind', () => {
    const timeline = new Timeline({ now: () => 5_000 })
    const ids = [...Array(10).keys()].map(i => timeline.add(event(`${i}`, { regions: [i % 2 ? 'a' : 'b'] })).id)
    const texts = (query: object) => timeline.list(query).events.map(e => e.text)
    assert.deepEqual(texts({ since: ids[6] }), ['9', '8', '7'])
    assert.deepEqual(texts({ before: ids[3], limit: 2 }), ['2', '1'])
    assert.deepEqual(texts({ region: 'a', limit: 2 }), ['9', '7'])
    assert.deepEqual(texts({ kind: 'policy' }), [])
  })

  test('what is on disk comes back; a broken file is no reason not to start', async t => {
    const folder = mkdtempSync(join(tmpdir(), 'isthmus-telemetry-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const stateFile = join(folder, 'state', 'telemetry.json')
    const first = new World({ stateFile })
    await first.part.begin()
    await first.part.stop()
    const second = new World({ stateFile })
    await second.part.begin()
    const texts = () => second.telemetry.events().events.map(e => e.text)
    assert.deepEqual(
      texts().map(text => text.slice(0, 21)),
      ['control plane started', 'control plane stopped', 'control plane started'],
    )
    // Nothing of reviews is left in Hangzhou while the control plane is away: it still knows that there was something.
    await second.part.stop()
    const third = new World({ stateFile })
    third.scale(hz, 0)
    await third.part.begin()
    third.clock.pass(2_000)
    assert.equal(third.state(hz)?.state, 'failed over')
    await third.part.stop()
    for (const text of ['{', '{"format":1,"events":[1,null,{"id":"x"}],"regions":{"a":1}}', 'null']) {
      writeFileSync(stateFile, text)
      const world = new World({ stateFile })
      await world.part.begin()
      assert.equal(world.telemetry.events().events.length, 1, readFileSync(stateFile, 'utf8'))
    }
  })
})

describe('what happens is told', () => {
  test('rules: created, changed by whom, deleted; a written status is no change', async () => {
    const w = new World({ author: async () => 'kubectl-edit' })
    await w.part.begin()
    const spec = { failover: { enabled: false, rules: [{ from: 'a', to: ['b'] }] } }
    w.policy(spec, 2)
    w.policy(spec, 2)
    await new Promise(resolve => setImmediate(resolve))
    const { events } = w.telemetry.events({ kind: 'policy' })
    assert.deepEqual(
      events.map(e => [e.text, e.who, e.object?.name]),
      [['RegionalTrafficPolicy istio-system/mesh-wide was changed', 'kubectl-edit', 'mesh-wide']],
    )
  })

  test('the last pod of a service in a region, and the first one again', async () => {
    const w = new World()
    await w.part.begin()
    w.scale(hz, 1)
    w.scale(hz, 0)
    w.scale(hz, 2)
    const events = w.telemetry.events({ service: host, kind: 'endpoints' }).events
    assert.deepEqual(
      events.map(e => e.text),
      [
        'reviews.default has 2 healthy endpoints in cn-hangzhou',
        'reviews.default has no healthy endpoint left in cn-hangzhou (1 before)',
      ],
    )
  })

  test('a member cluster that cannot be joined: why, and when it is mended', () => {
    const member = (status: string, reason: string, message: string) =>
      ({
        metadata: { name: 'ack-hangzhou' },
        spec: {},
        status: { conditions: [{ type: 'Ready', status, reason, message }] },
      }) as never
    const steps = [
      member('Unknown', 'Joining', ''),
      member('False', 'PortClosed', 'nothing answers on 6443'),
      member('False', 'PortClosed', 'nothing answers on 6443'),
      member('True', 'Ready', ''),
      member('False', 'Leaving', 'as asked'),
    ].map(m => troublesOf([m]))
    const told = steps.flatMap((after, i) => memberEvents(i === 0 ? new Map() : steps[i - 1]!, after))
    assert.deepEqual(
      told.map(e => [e.severity, e.text]),
      [
        ['error', 'cluster ack-hangzhou is not ready: PortClosed: nothing answers on 6443'],
        ['info', 'cluster ack-hangzhou is ready'],
      ],
    )
  })

  test('a proxy that comes back soon is not lost; many at once are one event; the same refusal is told once a minute', () => {
    const clock = new SimulatedClock()
    const told: NewEvent[] = []
    let there = true
    const tell = (e: NewEvent) => void told.push(e)
    const proxies = new ProxyEvents({ clock, regionOf: () => hz, known: () => there, tell })
    const one = nodeOf('sidecar', 'reviews-1')
    const texts = () => told.splice(0).map(e => e.text)
    proxies.event({ kind: 'connected', node: one, stream: 1 })
    clock.pass(2_000)
    assert.deepEqual(texts(), ['sidecar reviews-1.istio-system of c1 connected'])
    proxies.event({ kind: 'disconnected', node: one, stream: 1 })
    clock.pass(9_000)
    proxies.event({ kind: 'connected', node: one, stream: 2 })
    clock.pass(60_000)
    assert.deepEqual(texts(), [])
    proxies.event({ kind: 'disconnected', node: one, stream: 2 })
    clock.pass(20_000)
    assert.deepEqual(texts(), ['sidecar reviews-1.istio-system of c1 is no longer connected'])
    for (let i = 0; i < 300; i++)
      proxies.event({ kind: 'connected', node: nodeOf('sidecar', `p-${i}`), stream: 10 + i })
    clock.pass(2_000)
    assert.deepEqual(texts(), ['300 proxies connected (c1)'])
    there = false
    for (let i = 0; i < 2; i++)
      proxies.event({ kind: 'disconnected', node: nodeOf('sidecar', `p-${i}`), stream: 10 + i })
    clock.pass(20_000)
    assert.equal(texts().length, 2)
    proxies.event({ kind: 'disconnected', node: nodeOf('sidecar', 'p-9'), stream: 19 })
    clock.pass(20_000)
    assert.deepEqual(
      told.splice(0).map(e => [e.severity, e.text]),
      [['info', 'sidecar p-9.istio-system of c1 is gone with its pod']],
    )
    const nack = { nonce: '1', at: 0, words: 'no such filter', resources: [] }
    for (let i = 0; i < 7; i++)
      proxies.event({
        kind: 'nack',
        node: nodeOf('sidecar', `p-${i}`),
        stream: 10 + i,
        typeUrl: 'x/envoy.Listener',
        nack,
      })
    clock.pass(61_000)
    assert.deepEqual(texts(), [
      'sidecar p-0.istio-system of c1 refused Listener (unnamed): no such filter',
      '6 more refusals of Listener (unnamed): no such filter',
    ])
  })

  test('who wrote last is the newest field manager that did not only write the status', () => {
    const managedFields = [
      { manager: 'kubectl-create', operation: 'Update', time: '2026-01-01T00:00:00Z' },
      { manager: 'kubectl-edit', operation: 'Update', time: '2026-01-02T00:00:00Z' },
      { manager: 'isthmus', operation: 'Update', time: '2026-01-03T00:00:00Z', subresource: 'status' },
    ]
    const object = { apiVersion: 'v1', kind: 'X', metadata: { name: 'a', managedFields } }
    assert.equal(lastManager(object), 'kubectl-edit')
    assert.equal(lastManager({ ...object, metadata: { name: 'a' } }), undefined)
  })
})
