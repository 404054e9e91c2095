import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { headerCommands } from '@isthmus/control-plane/istio/header-format.ts'
import { re2Problem } from '@isthmus/control-plane/istio/re2.ts'
import { type Random, seededRandom } from '@isthmus/control-plane/runtime/index.ts'
import { checkObject } from '@isthmus/control-plane/sources/check-object.ts'
import fc from 'fast-check'
import { ControlPlane } from './control-plane.ts'
import * as full from './full-objects.ts'
import { hostOf, type RuleObject, rule } from './full-objects.ts'
import { LiveEnvoy, type LiveNode } from './live-envoy.ts'
import { nastyKeys, nastyValues, type Path, placesOf, valueAt, withKey, withValue } from './nasty.ts'

/*
 * What Envoy would refuse is an error on the user's object, and no Envoy ever sees it: objects with every field set, one of
 * them wrong, that passed the control plane's own checks, on real Envoys. A failure is replayed, or a longer run made, with
 *   ISTHMUS_SEED=… ISTHMUS_OBJECTS=5000 node --test tests/engine/wrong-objects.test.ts
 */

const seed = Number(process.env.ISTHMUS_SEED || Math.floor(Math.random() * 2 ** 31))
const count = Number(process.env.ISTHMUS_OBJECTS || 120)
const batch = 60

const sidecar: LiveNode = {
  ...{ kind: 'sidecar', pod: 'app', namespace: 'default', redirect: 'uid', mode: 'delta' },
  ...{ labels: { app: 'x' }, locality: { region: 'r1', zone: 'z1' } },
}
const nodes: readonly LiveNode[] = [
  sidecar,
  { ...sidecar, pod: 'bound', redirect: 'none' },
  { ...sidecar, kind: 'router', pod: 'edge', labels: { istio: 'edge' } },
]
let plane: ControlPlane
let envoys: LiveEnvoy[] = []

before(async () => {
  plane = await new ControlPlane().listen()
  envoys = await Promise.all(nodes.map(node => LiveEnvoy.start(node, plane.port)))
})
after(async () => {
  await Promise.all(envoys.map(envoy => envoy.stop()))
  await plane?.close()
})

/** Puts the objects, waits until every Envoy has followed, and takes them away again. */
async function taken(objects: readonly RuleObject[], about: (n: number) => string): Promise<void> {
  plane.put(...objects)
  await plane.inStep(nodes.length).catch(noted)
  const refused = plane.events.flatMap(e => (e.kind === 'nack' ? [e.nack] : []))
  const culprits = refused.flatMap(n => n.resources.filter(r => r.certain).flatMap(r => r.origins.map(numberOf)))
  const names = [...new Set(culprits)].map(about)
  assert.deepEqual(
    refused.map(n => n.words.slice(0, 400)),
    [],
    `refused by an Envoy; one of: ${names.join('; ')}`,
  )
  // The gate before the proxies keeps a whole route table back for one wrong route: nothing may get that far.
  const held = plane.findings.filter(f => f.code === 'ISM3001' || f.code === 'ISM3016')
  assert.deepEqual([...new Set(held.map(f => f.message))], [], 'held back only by the last gate')
  plane.remove(...objects)
  await plane.inStep(nodes.length)
  assert.ok(envoys.every(envoy => envoy.alive))
}

let late = ''
function noted(error: Error): void {
  late = error.message
}

const numberOf = ({ name }: { readonly name: string }) => Number(/\d+$/.exec(name)?.[0])
const errorsOf = (object: RuleObject) =>
  (checkObject(object, { cluster: '', domain: 'cluster.local' }) ?? []).filter(f => f.severity === 'error')

test(`objects with a wrong field, seed ${seed}`, { timeout: 1_800_000 }, async t => {
  t.diagnostic(`seed ${seed}`)
  const random = seededRandom(seed)
  let refused = 0
  for (let done = 0; done < count; done += batch) {
    const about: string[] = []
    const objects = Array.from({ length: batch }, (_, n) => {
      const made = worldOf(n, random)
      about.push(made.about)
      refused += made.refused
      return made.objects
    }).flat()
    await taken(objects, n => about[n] ?? '')
    assert.equal(late, '', about.join('\n'))
  }
  t.diagnostic(`${refused} of ${count + refused} were refused with a finding, the others are in every Envoy`)
})

interface World {
  readonly objects: readonly RuleObject[]
  /** What is wrong in it. */
  readonly about: string
  /** Wrong objects that the control plane refused before one passed. */
  readonly refused: number
}

/** One service with all there can be about it, and one field of it wrong in a way that passes the control plane's checks. */
function worldOf(n: number, random: Random): World {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)]!
  const kinds = ['entry', 'dns', 'routes', 'routes', 'routes', 'rule', 'rule', 'gateway', 'policy', 'sidecar']
  const kind = pick(kinds)
  const all: Record<string, RuleObject> = {
    entry: full.serviceEntry(n),
    routes: full.virtualService(n),
    rule: full.destinationRule(n),
    gateway: full.gateway(n, 21_000 + n * 4),
    policy: full.regionalPolicy(n),
    sidecar: full.sidecar(n),
  }
  if (kind === 'dns') all.entry = full.dnsEntry(n)
  const target = kind === 'dns' ? 'entry' : kind
  const good = all[target]!
  const places = [...placesOf(good.spec)]
  for (let refused = 0; ; refused++) {
    const at = pick(places)
    const [wrong, what] = spoilt(good, at, pick)
    const errors = errorsOf(wrong)
    assert.ok(
      errors.every(f => (f.field ?? '') !== ''),
      `${what}: an error without a field`,
    )
    if (errors.length === 0 && bindable(wrong)) {
      return { objects: Object.values({ ...all, [target]: wrong }), about: `${good.kind} ${what}`, refused }
    }
  }
}

/** Ports below 1024 are not everybody's. */
function bindable({ kind, spec }: RuleObject): boolean {
  if (kind !== 'Gateway' || !Array.isArray(spec.servers)) return true
  return spec.servers.every(server => !(Number(server?.port?.number) < 1024))
}

function spoilt(good: RuleObject, at: Path, pick: <T>(list: readonly T[]) => T): readonly [RuleObject, string] {
  const parent = valueAt(good.spec, at.slice(0, -1))
  const key = pick([true, false, false, false, false, false, false, false])
  if (key && !Array.isArray(parent)) {
    const name = pick(nastyKeys)
    return [withKey(good, at, name), `${at.join('.')} is called ${JSON.stringify(name).slice(0, 60)}`]
  }
  const value = pick(nastyValues)
  return [withValue(good, at, value), `${at.join('.')} is ${String(JSON.stringify(value)).slice(0, 60)}`]
}

test('every regular expression that passes is one for Envoy', async () => {
  const parts = [
    'a',
    '.',
    '[',
    ']',
    '^',
    '-',
    '(',
    ')',
    '?',
    '*',
    '+',
    '{2}',
    '{,',
    '|',
    '\\',
    'd',
    'p',
    'x',
    '1',
    ':',
    'é',
    'P<n>',
  ]
  const pattern = fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 7 }).map(list => list.join(''))
  const good = [...new Set(fc.sample(pattern, { numRuns: 4_000, seed }))].filter(p => re2Problem(p) === undefined)
  assert.ok(good.length > 300, `${good.length}`)
  await taken(matching(good.slice(0, 600)), () => 'a regular expression')
})

test('every command that passes in a header is one for Envoy', async () => {
  const set = Object.fromEntries(headerCommands.map((name, i) => [`x-${i}`, `%${name}%`]))
  const route = { route: [{ destination: { host: hostOf(0) } }], headers: { request: { set } } }
  const object = rule('VirtualService', 'commands0', { hosts: [hostOf(0)], http: [route] })
  assert.deepEqual(errorsOf(object), [])
  await taken([full.serviceEntry(0), object], () => 'a command')
})

/** A VirtualService each for some of the patterns, so that a refusal says which. */
function matching(patterns: readonly string[]): RuleObject[] {
  const chunk = 10
  return Array.from({ length: Math.ceil(patterns.length / chunk) }, (_, n) => {
    const http = patterns.slice(n * chunk, (n + 1) * chunk).map(regex => ({
      match: [{ uri: { regex } }],
      route: [{ destination: { host: hostOf(n) } }],
    }))
    return [full.serviceEntry(n), rule('VirtualService', `v${n}`, { hosts: [hostOf(n)], http })]
  }).flat()
}
