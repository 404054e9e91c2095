import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { seededRandom } from '@isthmus/control-plane/runtime/index.ts'
import { typeUrls } from '@isthmus/control-plane/snapshot/index.ts'
import { XdsClient } from '../../packages/control-plane/test/support/xds-client.ts'
import { attacks, endAll } from './attacks.ts'
import { hostOf, type RuleObject, rule } from './full-objects.ts'
import { Serve } from './serve.ts'

/*
 * Whatever clients send: the control plane goes on, serves another client as before, and needs no more than bounded memory.
 *   ISTHMUS_SEED=… ISTHMUS_FUZZ_SECONDS=600 node --test tests/engine/fuzz.test.ts
 */

const seed = Number(process.env.ISTHMUS_SEED || Math.floor(Math.random() * 2 ** 31))
const seconds = Number(process.env.ISTHMUS_FUZZ_SECONDS || 8)
const serve = new Serve()

before(async () => {
  serve.write('a', entry(1))
  await serve.start()
})
after(async () => {
  endAll()
  await serve.stop()
  serve.clean()
})

function entry(port: number): RuleObject {
  return rule('ServiceEntry', 's0', {
    hosts: [hostOf(0)],
    ports: [{ number: 19080, name: 'http', protocol: 'HTTP' }],
    ...{ resolution: 'STATIC', endpoints: [{ address: '127.0.0.1', ports: { http: port } }] },
  })
}

const assignment = `outbound|19080||${hostOf(0)}`

test(`clients that are broken or mean harm, seed ${seed}`, { timeout: (seconds + 120) * 1000 }, async t => {
  t.diagnostic(`seed ${seed}`)
  const witness = new XdsClient({ port: serve.xdsPort, mode: 'delta', follow: true })
  witness.start()
  await witness.until(() => witness.held(typeUrls.endpoint).has(assignment))
  const random = seededRandom(seed)
  const until = Date.now() + seconds * 1000
  let highest = serve.residentMebibytes
  const begun = highest
  for (let i = 0, port = 1_000; i < attacks.length || Date.now() < until; i++) {
    // Each once, then in any order.
    const attack = i < attacks.length ? attacks[i]! : attacks[Math.floor(random.next() * attacks.length)]!
    await attack.run(serve.xdsPort, random)
    assert.ok(serve.alive, attack.name)
    // Some stay open, so that several are there at once.
    if (i % 7 === 6) endAll()
    const old = witness.held(typeUrls.endpoint).get(assignment)
    serve.write('a', entry(++port))
    await witness.until(
      () => witness.held(typeUrls.endpoint).get(assignment) !== old,
      `the witness, after ${attack.name}`,
    )
    assert.equal(witness.status, undefined, attack.name)
    highest = Math.max(highest, serve.residentMebibytes)
  }
  endAll()
  t.diagnostic(`${begun} MiB before, ${highest} MiB at most`)
  assert.ok(highest < 500, `${highest} MiB`)
  const failures = serve.log.split('\n').filter(line => /"level":(50|60)/.test(line))
  assert.deepEqual(failures, [])
  for (const code of ['ISM3010', 'ISM3011', 'ISM3012']) assert.match(serve.log, new RegExp(code))
  await witness.close()
})
