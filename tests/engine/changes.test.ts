import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '@isthmus/control-plane/runtime/index.ts'
import { freePort } from '../../packages/control-plane/test/support/free-port.ts'
import { Changes } from './changes.ts'
import { heldBy, heldByWord, heldKinds } from './compare.ts'
import { type RuleObject, rule } from './full-objects.ts'
import { LiveEnvoy, type LiveNode } from './live-envoy.ts'
import { Serve } from './serve.ts'

/*
 * Real Envoys follow a thousand random changes. A failure is replayed with
 *   ISTHMUS_SEED=… node --test tests/engine/changes.test.ts
 */

const seed = Number(process.env.ISTHMUS_SEED || Math.floor(Math.random() * 2 ** 31))
const count = Number(process.env.ISTHMUS_CHANGES || 1_000)
const steady = 'steady.default.svc.cluster.local'
const steadyAddress = '240.2.0.1'

const at = (region: string) => ({ region, zone: `z${Number(region.slice(1)) % 2}` })
const sidecar = (n: number, more: Partial<LiveNode> = {}): LiveNode => ({
  ...{ kind: 'sidecar', pod: `app-${n}`, namespace: 'default', redirect: 'uid', mode: 'delta' },
  ...{ labels: { app: `app-${n}` }, locality: at(`r${1 + (n % 3)}`) },
  ...more,
})
const nodes: readonly LiveNode[] = [
  sidecar(1),
  sidecar(2, { mode: 'sotw' }),
  sidecar(3, { namespace: 'other' }),
  sidecar(4, { namespace: 'other', mode: 'sotw' }),
  sidecar(5),
  sidecar(6, { redirect: 'none' }),
  sidecar(7, { redirect: 'none', mode: 'sotw', namespace: 'other' }),
  sidecar(8, { kind: 'router', labels: { istio: 'edge' } }),
  sidecar(9, { kind: 'router', labels: { istio: 'edge' }, mode: 'sotw', locality: at('r1') }),
]

const serve = new Serve()
const applications: Server[] = []
let envoys: LiveEnvoy[] = []
let backends: number[] = []
let edge = 0

before(async () => {
  for (let i = 0; i < 4; i++) {
    const server = createServer((request, response) => {
      request.resume()
      response.end(`application ${i}`)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    applications.push(server)
  }
  backends = applications.map(server => (server.address() as AddressInfo).port)
  edge = await freePort()
  for (const object of steadyObjects()) serve.write(`steady-${object.kind}`, object)
  await serve.start()
  envoys = await Promise.all(nodes.map(node => LiveEnvoy.start(node, serve.xdsPort)))
  await settled()
})

after(async () => {
  await Promise.all(envoys.map(envoy => envoy.stop()))
  await serve.stop()
  serve.clean()
  for (const server of applications) {
    server.closeAllConnections()
    server.close()
  }
})

/** A service that no change is about, for sidecars and behind the gateway. */
function steadyObjects(): readonly RuleObject[] {
  const endpoints = backends.slice(0, 2).map(port => ({ address: '127.0.0.1', ports: { http: port } }))
  return [
    rule('ServiceEntry', 'steady', {
      hosts: [steady],
      addresses: [steadyAddress],
      ports: [{ number: 19080, name: 'http', protocol: 'HTTP' }],
      ...{ resolution: 'STATIC', location: 'MESH_INTERNAL', endpoints },
    }),
    rule('Gateway', 'steady', {
      selector: { istio: 'edge' },
      servers: [{ port: { number: edge, name: 'http', protocol: 'HTTP' }, hosts: [steady] }],
    }),
    rule('VirtualService', 'steady', {
      hosts: [steady],
      gateways: ['steady'],
      http: [{ route: [{ destination: { host: steady } }] }],
    }),
  ]
}

/** A request to the steady service through a proxy; what went wrong, if anything. */
async function steadyRequest(envoy: LiveEnvoy): Promise<string | undefined> {
  const [address, port] =
    envoy.node.kind === 'router'
      ? ['127.0.0.1', edge]
      : [envoy.node.redirect === 'none' ? '127.0.0.1' : steadyAddress, 19080]
  const answer = await envoy.get(address as string, port as number, steady)
  return answer.status === 200 ? undefined : `${envoy.name}: ${answer.status} ${answer.text.slice(0, 300)}`
}

interface Row {
  readonly id: string
  readonly types: readonly { readonly type: string; readonly state: string; readonly words?: string }[]
}

/** Waits until every proxy holds what is meant for it. */
async function settled(): Promise<void> {
  let rows: readonly Row[] = []
  for (let i = 0; i < 3_600; i++) {
    rows = (await serve.api<{ proxies: readonly Row[] }>('proxies')).proxies
    const there = rows.length === nodes.length && rows.every(row => row.types.every(inStep) && asked(row) >= 3)
    if (there) return
    await sleep(25)
  }
  const behind = rows.filter(row => !row.types.every(inStep))
  const waiting = await Promise.all(
    envoys
      .filter(envoy => behind.some(row => row.id === envoy.name))
      .map(async envoy => [envoy.name, (await heldBy(envoy)).problems]),
  )
  assert.fail(`not in step: ${JSON.stringify({ behind, waiting }, undefined, 1)}`)
}

const inStep = (type: Row['types'][number]) => type.state === 'in step' || type.state === 'not asked'
const asked = (row: Row) => row.types.filter(type => type.state !== 'not asked').length

test(`${nodes.length} Envoys follow ${count} changes, seed ${seed}`, { timeout: 600_000 }, async t => {
  t.diagnostic(`seed ${seed}`)
  const gatewayPorts = await Promise.all([freePort(), freePort(), freePort()])
  const changes = new Changes(seed, backends, gatewayPorts)
  const pause = seededRandom(seed)
  const failed: string[] = []
  let requests = 0
  let done: string[] = []
  let over = false
  const trickle = envoys.map(async envoy => {
    while (!over) {
      const wrong = await steadyRequest(envoy)
      requests++
      if (wrong) failed.push(`after ${done.slice(-5).join('; ')}: ${wrong}`)
      await sleep(60)
    }
  })
  for (let i = 0; i < count; i++) {
    const change = changes.next()
    done = [...done.slice(-30), change.what]
    for (const [file, object] of change.files) {
      if (object) serve.write(file, object)
      else serve.remove(file)
    }
    if (i % 50 === 49) await settled()
    else await sleep(pause.next() * 25)
    assert.deepEqual(failed, [], `change ${i}`)
    assert.deepEqual(refusals(), [], `change ${i}; the last ones: ${done.join('\n')}`)
  }
  serve.write('last', rule('ServiceEntry', 'last', { hosts: ['last.example'], ports: [{ number: 1, name: 'x' }] }))
  const known = async () => JSON.stringify(await serve.api('services')).includes('last.example')
  for (let i = 0; !(await known()); i++) {
    assert.ok(i < 400, 'the last change was not read')
    await sleep(25)
  }
  await settled()
  over = true
  await Promise.all(trickle)
  assert.deepEqual(failed, [])
  assert.deepEqual(refusals(), [])
  assert.ok(serve.alive && envoys.every(envoy => envoy.alive))
  t.diagnostic(`${requests} requests, none failed`)
  for (const envoy of envoys) await holdsWhatWasMeant(envoy)
})

function refusals(): string[] {
  return serve.log.split('\n').filter(line => /"code":"ISM3004"|"level":50/.test(line) && !/"file":/.test(line))
}

/** What each Envoy holds is what the control plane says it meant, once replaced listeners have drained. */
async function holdsWhatWasMeant(envoy: LiveEnvoy): Promise<void> {
  const { namespace, pod } = envoy.node
  const meant = heldByWord(await serve.api(`proxies/${namespace}%2F${pod}`))
  let { held, problems } = await heldBy(envoy)
  for (let i = 0; i < 100 && held.routes.size !== meant.routes.size; i++) {
    await sleep(100)
    ;({ held, problems } = await heldBy(envoy))
  }
  assert.deepEqual(problems, [], envoy.name)
  for (const kind of heldKinds) {
    assert.deepEqual([...held[kind].keys()].sort(), [...meant[kind].keys()].sort(), `${kind} of ${envoy.name}`)
    for (const [name, text] of meant[kind]) assert.equal(held[kind].get(name), text, `${name} of ${envoy.name}`)
  }
  const stats = await envoy.admin('/stats?usedonly&filter=update_rejected|init_fetch_timeout')
  assert.doesNotMatch(stats, /: [1-9]/, envoy.name)
  assert.match(await envoy.admin('/ready'), /LIVE/)
}
