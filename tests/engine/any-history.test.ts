import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '@isthmus/control-plane/runtime/index.ts'
import { Plane, proxyNode } from '../../packages/control-plane/test/support/plane.ts'
import { Changes } from './changes.ts'
import { type RuleObject, rule } from './full-objects.ts'

/*
 * A control plane that has seen any history of rich, wrong, renamed and withdrawn objects tells each proxy, and says of each
 * object, what one that is started now does. A failure is replayed with
 *   ISTHMUS_SEED=… node --test tests/engine/any-history.test.ts
 */

const first = Number(process.env.ISTHMUS_SEED || Math.floor(Math.random() * 2 ** 31))
const histories = Number(process.env.ISTHMUS_HISTORIES || (process.env.ISTHMUS_SEED ? 1 : 15))
const changesOfOne = 60
const [applications, gatewayPorts] = [
  [18001, 18002, 18003, 18004],
  [17001, 17002, 17003],
]

const at = (region: string, zone: string) => ({ locality: { region, zone, subzone: '' } })
const sidecar = (n: number) => ({ labels: { app: `app-${n}` } })
const proxies = [
  proxyNode('app-1', { ...sidecar(1), ...at('r1', 'z0') }),
  proxyNode('app-2', { ...sidecar(2), ...at('r2', 'z1') }),
  proxyNode('app-3', { ...sidecar(3), ...at('r3', 'z0'), namespace: 'other' }),
  proxyNode('app-4', { ...sidecar(4), ...at('r1', 'z0'), redirect: 'none' }),
  proxyNode('app-5', { ...sidecar(5), ...at('r2', 'z0'), redirect: 'none', namespace: 'other' }),
  proxyNode('edge', { kind: 'gateway', labels: { istio: 'edge' }, ...at('r1', 'z0') }),
]

/** Services between those that change, so that their list is in several pieces of which a change touches one. */
const others = Array.from({ length: 180 }, (_, i) =>
  rule('ServiceEntry', `other-${i}`, {
    hosts: [`s${i % 12}-${i}.default.svc.cluster.local`],
    ...{ addresses: [`240.3.0.${i}`], resolution: 'STATIC', location: 'MESH_INTERNAL' },
    ports: [{ number: 19080, name: 'http', protocol: 'HTTP' }],
    endpoints: [{ address: `10.3.0.${i}`, locality: `r${1 + (i % 3)}` }],
  }),
)

for (let seed = first; seed < first + histories; seed++)
  test(`what was there before leaves no trace, seed ${seed}`, () => {
    const random = seededRandom(seed)
    const changes = new Changes(seed, applications, gatewayPorts)
    const lived = new Plane(proxies)
    for (const object of others) lived.builder.set('', object)
    const files = new Map<string, RuleObject>()
    const story: string[] = []
    for (let n = 0; n < changesOfOne; n++) {
      const change = changes.next()
      story.push(change.what)
      for (const [file, object] of change.files) {
        const before = files.get(file)
        if (before && (!object || keyOf(before) !== keyOf(object))) lived.builder.delete('', before)
        if (object) lived.builder.set('', object)
        if (object) files.set(file, object)
        else files.delete(file)
      }
      const chance = random.next()
      if (chance < 0.6) lived.turn()
      else if (chance < 0.65) lived.clock.pass(31_000)
      const proxy = Math.floor(random.next() * proxies.length)
      if (random.next() < 0.1) lived.close(proxy)
      else if (random.next() < 0.3) lived.open(proxy).snapshot()
      if (n % 10 === 9) same(lived, files, `after ${n + 1} changes, the last ${story.slice(-10).join(', ')}`)
    }
  })

function same(lived: Plane, files: ReadonlyMap<string, RuleObject>, when: string): void {
  const fresh = new Plane(proxies)
  for (const object of [...others, ...files.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)))
    fresh.builder.set('', object)
  const [seen, wanted] = [lived.text(), fresh.text()]
  const different = [...new Set([...Object.keys(seen), ...Object.keys(wanted)])].filter(
    key => seen[key] !== wanted[key],
  )
  assert.deepEqual(different, [], when)
  assert.deepEqual(lived.findings(), fresh.findings(), when)
}

function keyOf({ kind, metadata }: RuleObject): string {
  return `${kind}/${metadata.namespace}/${metadata.name}`
}
