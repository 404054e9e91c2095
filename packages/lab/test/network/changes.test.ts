import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyState, planChanges } from '@isthmus/lab/network/changes.ts'
import fc from 'fast-check'
import { networkOf, seed, withSpec } from './worlds.ts'

const lines = (stages: ReturnType<typeof planChanges>) =>
  stages.flat().flatMap(step => step.lines.map(line => `${step.namespace}> ${line}`))

const variants = [
  seed,
  withSpec(seed, 'TransitRouterPeerAttachment/hangzhou-shanghai', { bandwidth: '5Mbps' }),
  withSpec(seed, 'TransitRouterPeerAttachment/hangzhou-shanghai', undefined),
  withSpec(seed, 'TransitRouterVpcAttachment/shanghai-router-vpc-shanghai', undefined),
  withSpec(seed, 'SecurityGroup/sg-ack-hangzhou', { inbound: [] }),
  withSpec(seed, 'ManagedCluster/ack-shanghai', { nodeCount: 3 }),
  withSpec(seed, 'ManagedCluster/ack-shanghai', undefined),
  withSpec(seed, 'TransitRouter/shanghai-router', undefined),
  [],
]

test('what stands already needs nothing', () => {
  for (const world of variants) assert.deepEqual(planChanges(networkOf(world), networkOf(world)), [])
})

test('a new bandwidth is one line on each end', () => {
  const changes = lines(planChanges(networkOf(variants[0]!), networkOf(variants[1]!)))
  assert.equal(changes.length, 2)
  for (const line of changes) assert.match(line, /^tr-\w+-router> qdisc replace dev px-\S+ root tbf rate 5000000bit/)
})

test('a rule that goes replaces the filters of its group in one go, and nothing else', () => {
  const stages = planChanges(networkOf(variants[0]!), networkOf(variants[4]!))
  assert.deepEqual([...new Set(stages.flat().map(s => s.tool))], ['nft'])
  assert.deepEqual(
    stages
      .flat()
      .map(s => s.namespace)
      .sort(),
    ['ack-hangzhou-1', 'ack-hangzhou-2', 'api-ack-hangzhou'],
  )
  for (const step of stages.flat()) assert.equal(step.lines[1], 'delete table inet isthmus')
})

test('a new node changes no other node but its group’s members', () => {
  const changes = lines(planChanges(networkOf(variants[0]!), networkOf(variants[5]!)))
  assert.ok(changes.some(l => l === '> netns add ack-shanghai-3'))
  assert.ok(!changes.some(l => l.startsWith('ack-hangzhou') || l.startsWith('tr-')))
  assert.ok(!changes.some(l => /netns del|link del/.test(l)))
})

/**
 * A kernel as far as these lines go: namespaces, devices in them, and what hangs on the devices. Fails as the real one
 * would: a second device of a name, a route through a device that is not there.
 */
class Kernel {
  readonly namespaces = new Set([''])
  readonly devices = new Map<string, string | undefined>()
  readonly things = new Set<string>()

  apply(stages: ReturnType<typeof planChanges>) {
    for (const step of stages.flat()) for (const line of step.lines) this.#line(step, line)
  }

  #line(step: { tool: string; namespace: string; lenient: boolean }, line: string) {
    const ns = step.namespace
    assert.ok(this.namespaces.has(ns), `namespace ${ns} for ${line}`)
    const words = line.split(' ')
    const at = (name: string, inside = ns) => `${inside}/${name}`
    if (step.tool === 'nft' || step.tool === 'setting') return
    if (line.startsWith('netns add')) return void this.namespaces.add(words[2]!)
    if (line.startsWith('netns del')) {
      for (const name of [...this.devices.keys()]) if (name.startsWith(`${words[2]}/`)) this.#remove(name)
      return void this.namespaces.delete(words[2]!)
    }
    if (line.startsWith('link add') && words.includes('bridge')) return this.#add(at(words[2]!), undefined)
    if (line.startsWith('link add')) {
      const name = (from: number) => {
        const device = words[words.indexOf('name', from) + 1]!
        const next = words.slice(words.indexOf('name', from) + 2)
        return at(device, next[0] === 'netns' ? next[1]! : '')
      }
      const [a, b] = [name(0), name(words.indexOf('peer'))]
      this.#add(a, b)
      return this.#add(b, a)
    }
    if (line.startsWith('link del')) return this.#remove(at(words[2]!))
    const device = words.includes('dev')
      ? words[words.indexOf('dev') + 1]!
      : line.startsWith('link set')
        ? words[2]!
        : undefined
    if (device && device !== 'lo' && !step.lenient) assert.ok(this.devices.has(at(device)), `${at(device)} for ${line}`)
    const key = `${ns}/${device ?? ''}/${line.replace(/^(\S+) (add|replace|del) /, '$1 ')}`
    if (/^(addr|route|qdisc) (add|replace)/.test(line)) this.things.add(key)
  }

  #add(name: string, peer: string | undefined) {
    assert.ok(!this.devices.has(name), `${name} is there already`)
    assert.ok(this.namespaces.has(name.split('/')[0]!), `namespace of ${name}`)
    this.devices.set(name, peer)
  }

  #remove(name: string) {
    const peer = this.devices.get(name)
    this.devices.delete(name)
    if (peer) this.devices.delete(peer)
  }
}

test('any row of worlds can follow each other, and the last one stands as if it had been the first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(variants.length - 1), { minLength: 1, maxLength: 6 }), row => {
      const kernel = new Kernel()
      let state = emptyState
      for (const i of row) {
        const next = networkOf(variants[i]!)
        kernel.apply(planChanges(state, next))
        state = next
      }
      const fresh = new Kernel()
      fresh.apply(planChanges(emptyState, state))
      assert.deepEqual([...kernel.namespaces].sort(), [...fresh.namespaces].sort())
      assert.deepEqual([...kernel.devices.keys()].sort(), [...fresh.devices.keys()].sort())
    }),
    { numRuns: 60 },
  )
})
