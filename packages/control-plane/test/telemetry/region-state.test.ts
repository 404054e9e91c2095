import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { judge } from '@isthmus/control-plane/telemetry/region-state.ts'
import fc from 'fast-check'
import { host, hz, sh, World } from './world.ts'

describe('the state of a region', () => {
  test('failure and return, with traffic: normal, partly, failed over, returning, normal; each with its cause and time', async () => {
    const w = new World()
    await w.part.begin()
    w.traffic(20, hz, { [hz]: 20 })
    assert.deepEqual([w.state(hz)?.state, w.state(hz)?.basis], ['normal', 'measured'])

    w.scale(hz, 0)
    w.traffic(4, hz, { [sh]: 20 })
    assert.equal(w.state(hz)?.state, 'partly failed over', 'some of the last ten seconds went to Hangzhou still')
    const since = w.clock.now()
    w.traffic(12, hz, { [sh]: 20 })
    const failed = w.state(hz)
    assert.equal(failed?.state, 'failed over')
    assert.equal(failed?.basis, 'measured')
    assert.match(
      failed?.cause ?? '',
      /^reviews\.default: no endpoint in cn-hangzhou; measured 100% to cn-shanghai by failover rule of RegionalTrafficPolicy istio-system\/mesh-wide$/,
    )
    assert.ok((failed?.since ?? 0) > since)
    assert.deepEqual(
      failed?.affected.map(s => [s.service, s.state]),
      [[host, 'failed over']],
    )
    assert.equal(w.state(sh)?.state, 'normal')

    w.scale(hz, 2)
    w.traffic(4, hz, { [hz]: 20 })
    assert.equal(w.state(hz)?.state, 'returning')
    assert.match(
      w.state(hz)?.cause ?? '',
      /2 of 2 endpoints in cn-hangzhou are healthy again; 100% to cn-hangzhou intended/,
    )
    w.traffic(12, hz, { [hz]: 20 })
    assert.equal(w.state(hz)?.state, 'normal')

    const told = w.telemetry.events({ region: hz, kind: 'region' }).events.map(e => e.text.split(' (')[0])
    assert.deepEqual(
      told.filter(text => text?.startsWith(hz)),
      [`${hz} is normal`, `${hz} is returning`, `${hz} is failed over`, `${hz} is partly failed over`],
    )
  })

  test('without traffic the intent decides, and says so', async () => {
    const w = new World()
    await w.part.begin()
    w.clock.pass(2_000)
    assert.deepEqual([w.state(hz)?.state, w.state(hz)?.basis], ['normal', 'intended'])
    w.scale(hz, 2, 0)
    w.clock.pass(2_000)
    assert.deepEqual([w.state(hz)?.state, w.state(hz)?.basis], ['failed over', 'intended'])
    assert.match(w.state(hz)?.cause ?? '', /0 of 2 endpoints in cn-hangzhou are healthy; 100% to cn-shanghai intended/)
    w.scale(hz, 2, 1)
    w.clock.pass(2_000)
    assert.equal(w.state(hz)?.state, 'partly failed over')
    w.scale(hz, 2)
    w.clock.pass(2_000)
    assert.equal(w.state(hz)?.state, 'normal')
  })

  test('both regions lost: requests fail, and it says so', async () => {
    const w = new World()
    await w.part.begin()
    w.scale(hz, 0)
    w.scale(sh, 0)
    w.clock.pass(2_000)
    assert.equal(w.state(hz)?.state, 'failed over')
    assert.match(w.state(hz)?.cause ?? '', /no endpoint in cn-hangzhou; requests fail/)
  })

  test('ready pods that proxies leave are ejections or retries, seen only by measuring', async () => {
    const w = new World()
    await w.part.begin()
    w.traffic(20, hz, { [hz]: 20 })
    w.traffic(12, hz, { [hz]: 0, [sh]: 20 })
    assert.equal(w.state(hz)?.state, 'failed over')
    assert.match(
      w.state(hz)?.cause ?? '',
      /2 of 2 endpoints in cn-hangzhou are healthy, and yet proxies send elsewhere .*ejections or retries/,
    )
  })

  test('services that nobody calls do not keep a region from being failed over, as long as others are called', async () => {
    const w = new World()
    w.idle('kube-dns')
    await w.part.begin()
    w.scale(hz, 0)
    w.clock.pass(2_000)
    assert.equal(w.state(hz)?.state, 'partly failed over', 'nothing is called: all count')
    w.traffic(20, hz, { [sh]: 20 })
    assert.equal(w.state(hz)?.state, 'failed over')
    assert.match(w.state(hz)?.cause ?? '', /^reviews\.default/)
  })

  test('a distribution is not a failover, neither when it comes nor when it goes', async () => {
    const w = new World()
    await w.part.begin()
    w.traffic(20, hz, { [hz]: 20 }, { kind: 'gateway' })
    const both = {
      failover: { enabled: true, rules: [{ from: hz, to: [sh] }] },
      distribution: { enabled: true, rules: [{ from: hz, to: { [sh]: 40 } }] },
    }
    w.policy(both, 2)
    for (let i = 0; i < 10; i++) {
      w.traffic(2, hz, { [hz]: 12, [sh]: 8 }, { kind: 'gateway' })
      assert.equal(w.state(hz)?.state, 'normal')
    }
    w.policy({ failover: both.failover }, 3)
    for (let i = 0; i < 10; i++) {
      w.traffic(2, hz, { [hz]: 20 }, { kind: 'gateway' })
      assert.equal(w.state(hz)?.state, 'normal', `${w.state(hz)?.cause}`)
    }
  })

  test('a silent cluster: unknown while nothing is measured, measured while something is', async () => {
    const w = new World()
    await w.part.begin()
    w.clock.pass(2_000)
    const known = w.builder.cluster('ack-hangzhou')!
    w.builder.setCluster({ ...known, stale: true })
    w.settle()
    w.clock.pass(40_000)
    assert.equal(w.state(hz)?.state, 'unknown')
    assert.match(w.state(hz)?.cause ?? '', /cluster ack-hangzhou has been silent for \d\d s/)
    w.traffic(20, hz, { [hz]: 20 })
    assert.deepEqual([w.state(hz)?.state, w.state(hz)?.basis], ['normal', 'measured'])
    assert.match(w.state(hz)?.cause ?? '', /silent/)
    w.builder.setCluster({ ...known, lastContact: w.clock.now() })
    w.settle()
    const texts = w.telemetry.events({ kind: 'cluster' }).events.map(e => e.text)
    assert.deepEqual(texts, [
      'cluster ack-hangzhou speaks again',
      'cluster ack-hangzhou is silent: everything of it is kept as last known',
    ])
  })

  test('whatever is measured and meant: a state, a cause that names the service, and normal where all is as usual', () => {
    const shares = fc.record({ a: fc.nat(100), b: fc.nat(100) })
    fc.assert(
      fc.property(
        shares,
        shares,
        fc.nat(5),
        fc.nat(5),
        fc.option(fc.record({ a: fc.nat(500), b: fc.nat(500) })),
        (usual, now, up, down, to) => {
          const endpoints = up + down
          const intent = {
            ...{ service: host, subset: '', region: 'a', role: 'sidecar' as const, usual, now, by: 'a rule' },
            local: { endpoints, healthy: up, stale: 0 },
          }
          const measured = to ? { requests: to.a + to.b, errors: 0, to } : undefined
          const judged = judge(intent, measured, undefined)
          assert.match(judged.cause, /reviews\.default/)
          assert.equal(judged.basis === 'measured', measured !== undefined && measured.requests >= 10)
          if (judged.basis === 'intended' && now.a >= usual.a && now.a > 0) assert.equal(judged.state, 'normal')
          assert.notEqual(judged.state, 'returning', 'nothing returns that was not away')
        },
      ),
    )
  })
})
