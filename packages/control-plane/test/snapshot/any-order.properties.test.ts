import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubeObject } from '@isthmus/kubernetes'
import fc from 'fast-check'
import type { ProxyNode } from '../../src/model/index.ts'
import { cluster, node, pod, rule, service, slice } from '../sources/objects.ts'
import { Plane, proxyNode } from '../support/plane.ts'

/*
 * The same objects always give the same bytes and versions: whatever was there before them, in whatever order they come,
 * whenever time passes, proxies connect and leave, and whether the control plane was started anew meanwhile.
 */

type Source = '' | 'ack-hangzhou' | 'ack-shanghai'
/** An object of a source in some form; undefined: it is not there. */
type Slot = readonly [Source, KubeObject, boolean]

const members = { 'ack-hangzhou': '10.0', 'ack-shanghai': '10.1' } as const
const regions = { 'ack-hangzhou': 'cn-hangzhou', 'ack-shanghai': 'cn-shanghai' } as const

function memberObjects(member: keyof typeof members): readonly (readonly KubeObject[])[] {
  const prefix = members[member]
  const podOf = (app: string, n: number, version: string) =>
    pod(`${app}-${version}-abc-${n}`, app, `${prefix}.0.${n}`, 'n1', version)
  const [a1, a2, b1] = [podOf('a', 1, 'v1'), podOf('a', 2, 'v2'), podOf('b', 3, 'v1')]
  return [
    [service('a'), service('a', 9081), service('a', 9080, { portName: 'tcp-x' })],
    [service('b'), service('b', 9080, { targetPort: 8080 })],
    [a1, { ...a1, metadata: { ...a1.metadata, labels: { app: 'a', version: 'v3' } } }],
    [a2],
    [b1],
    [
      slice('a', [a1, a2]),
      slice('a', [a1]),
      slice('a', []),
      slice('a', [a1, a2], 9080, { [a2.metadata.name]: { ready: false } }),
    ],
    [slice('b', [b1]), slice('b', [])],
  ]
}

const spec = (host: string, ...subsets: string[]) => ({
  host,
  subsets: subsets.map(name => ({ name, labels: { version: name } })),
})
const to = (host: string, subset?: string) => ({ route: [{ destination: { host, ...(subset && { subset }) } }] })
const created = (second: number) => ({ created: `2026-01-01T00:00:0${second}Z` })
const external = { hosts: ['x.example'], ports: [{ number: 9080, name: 'http', protocol: 'HTTP' }] }

const slots: readonly (readonly [Source, readonly KubeObject[]])[] = [
  ...(['ack-hangzhou', 'ack-shanghai'] as const).flatMap(m => memberObjects(m).map(forms => [m, forms] as const)),
  [
    '',
    [
      rule('VirtualService', 'a', { hosts: ['a'], http: [to('a', 'v1')] }),
      rule('VirtualService', 'a', { hosts: ['b'], http: [to('a')] }),
    ],
  ],
  // Two about one host: the older one counts.
  [
    '',
    [
      rule('VirtualService', 'a2', { hosts: ['a'], http: [to('b')] }, created(1)),
      rule('VirtualService', 'a2', { hosts: ['a'], http: [to('b')] }, created(0)),
    ],
  ],
  [
    '',
    [rule('DestinationRule', 'a', spec('a', 'v1', 'v2')), rule('DestinationRule', 'a', spec('a', 'v1'), created(2))],
  ],
  ['', [rule('DestinationRule', 'a2', spec('a', 'v3'), created(1))]],
  [
    '',
    [
      rule('ServiceEntry', 'x', { ...external, resolution: 'DNS' }),
      rule('ServiceEntry', 'x', {
        ...external,
        addresses: ['240.0.0.1'],
        resolution: 'STATIC',
        endpoints: [{ address: '10.9.0.1', locality: 'cn-hangzhou' }],
      }),
    ],
  ],
  [
    '',
    [
      rule('ServiceEntry', 'x2', { ...external, addresses: ['240.0.0.2'] }, created(3)),
      rule('ServiceEntry', 'x2', { ...external, addresses: ['240.0.0.2'] }),
    ],
  ],
  [
    '',
    [
      rule('Sidecar', 's', { egress: [{ hosts: ['./*'] }] }),
      rule('Sidecar', 's', { egress: [{ hosts: ['*/a.default.svc.cluster.local'] }] }),
    ],
  ],
  [
    '',
    [
      rule('Gateway', 'g', {
        selector: { app: 'edge' },
        servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
      }),
    ],
  ],
  [
    '',
    [
      rule(
        'RegionalTrafficPolicy',
        'r',
        { failover: { rules: [{ from: 'cn-hangzhou', to: ['cn-shanghai'] }] } },
        { namespace: 'istio-system', apiVersion: 'mesh.isthmus.dev/v1alpha1' },
      ),
    ],
  ],
]

/** A form for each slot, or none. */
const anyForms = fc.tuple(...slots.map(([, forms]) => fc.integer({ min: -1, max: forms.length - 1 })))
const objectsOf = (forms: readonly number[]): Slot[] =>
  slots.map(([source, all], i) => [source, all[Math.max(forms[i]!, 0)]!, forms[i]! >= 0])

const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      slot: fc.nat(slots.length - 1),
      form: fc.integer({ min: -1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'turn' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('open' as const), proxy: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), proxy: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.constantFrom(1, 29_999, 30_001) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('stale' as const),
      member: fc.constantFrom(...(['ack-hangzhou', 'ack-shanghai'] as const)),
      stale: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), remembers: fc.boolean() }) },
)
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never

const proxies: readonly ProxyNode[] = [
  proxyNode('one', { cluster: 'ack-hangzhou', pod: 'a-v1-abc-1' }),
  proxyNode('two', { cluster: 'ack-shanghai', redirect: 'none' }),
  proxyNode('edge', { cluster: 'ack-hangzhou', kind: 'gateway', labels: { app: 'edge' } }),
]

/** A control plane of two members; one that remembers begins with what was there. */
class TwoMembers extends Plane {
  /** What is there, by source and key. */
  readonly known = new Map<string, readonly [Source, KubeObject]>()

  constructor(before: Iterable<readonly [Source, KubeObject]> = [], stale = false) {
    super(proxies)
    for (const member of ['ack-hangzhou', 'ack-shanghai'] as const) {
      this.member(member, stale)
      this.builder.set(member, node('n1', regions[member]))
    }
    for (const [source, object] of before) this.put(source, object, true)
    this.turn()
  }

  member(name: keyof typeof regions, stale: boolean): void {
    this.builder.setCluster(cluster(name, regions[name], { stale }))
  }

  put(source: Source, object: KubeObject, there: boolean): void {
    const key = `${source} ${object.kind} ${object.metadata.name}`
    if (there) {
      this.builder.set(source, object)
      this.known.set(key, [source, object])
    } else {
      this.builder.delete(source, object)
      this.known.delete(key)
    }
  }
}

function follow(start: TwoMembers, steps: readonly Step[]): TwoMembers {
  let plane = start
  for (const step of steps) {
    if (step.kind === 'put') {
      const [source, forms] = slots[step.slot]!
      plane.put(source, forms[Math.max(step.form, 0) % forms.length]!, step.form >= 0)
    } else if (step.kind === 'turn') plane.turn()
    else if (step.kind === 'open') plane.open(step.proxy)
    else if (step.kind === 'close') plane.close(step.proxy)
    else if (step.kind === 'time') plane.clock.pass(step.ms)
    else if (step.kind === 'stale') plane.member(step.member, step.stale)
    // Last-known state comes first, marked as such; then sources say what is really there.
    else plane = step.remembers ? new TwoMembers(plane.known.values(), true) : new TwoMembers()
  }
  return plane
}

test('the same objects give the same bytes and versions, whatever came before and in whatever order', () => {
  fc.assert(
    fc.property(
      fc.array(anyStep, { maxLength: 25 }),
      anyForms.chain(forms => {
        const objects = objectsOf(forms)
        return fc.tuple(
          fc.constant(objects),
          fc.shuffledSubarray(objects, { minLength: objects.length }),
          fc.array(fc.nat(2), { minLength: objects.length, maxLength: objects.length }),
        )
      }),
      (steps, [objects, shuffled, pauses]) => {
        const lived = follow(new TwoMembers(), steps)
        for (const [i, [source, object, there]] of shuffled.entries()) {
          lived.put(source, object, there)
          if (pauses[i] === 1) lived.turn()
          if (pauses[i] === 2) lived.clock.pass(31_000)
        }
        for (const member of ['ack-hangzhou', 'ack-shanghai'] as const) lived.member(member, false)
        const fresh = new TwoMembers()
        for (const [source, object, there] of objects) if (there) fresh.put(source, object, true)
        assert.deepEqual(lived.text(), fresh.text())
      },
    ),
    { numRuns: 100 },
  )
})
