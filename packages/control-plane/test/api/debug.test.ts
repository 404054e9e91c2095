import assert from 'node:assert/strict'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { typeUrls } from '@isthmus/control-plane/snapshot/resource.ts'
import { XdsClient } from '../support/xds-client.ts'
import { type Door, openDoor } from './door.ts'

/* What an operator sees of a change on its way: /debug and the metrics, of a real control plane with real streams. */

const entry = (address: string) => `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop}
spec:
  hosts: [a.shop.svc.cluster.local]
  addresses: [240.0.0.1]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: ${address}, locality: us-east/zone-1/a}]
`

let door: Door
const clients: XdsClient[] = []

before(async () => {
  door = await openDoor({ 'a.yaml': entry('127.1.1.1') })
})
after(async () => {
  for (const client of clients) client.reset()
  await door.close()
})

async function get<T>(path: string): Promise<T> {
  const response = await fetch(door.base + path)
  assert.equal(response.status, 200, path)
  return (await response.json()) as T
}

interface Pushes {
  readonly pushes: readonly {
    readonly kind: string
    readonly what: readonly string[]
    readonly views: number
    readonly proxies: { readonly told: number; readonly waiting: number; readonly lost: number }
    readonly responses: number
    readonly bytes: number
    readonly ms: Readonly<Record<string, number>>
  }[]
}

async function connect(id: number, answers: 'at once' | 'hold' = 'at once'): Promise<XdsClient> {
  const client = new XdsClient({
    port: door.xdsPort,
    mode: 'delta',
    follow: true,
    answers,
    node: {
      id: `sidecar~10.0.0.${id}~web-${id}.shop~shop.svc.cluster.local`,
      metadata: { NAMESPACE: 'shop', CLUSTER_ID: 'Kubernetes' },
    },
  })
  clients.push(client)
  client.start()
  return client
}

function change(address: string): void {
  writeFileSync(join(door.directory, '.a.tmp'), entry(address))
  renameSync(join(door.directory, '.a.tmp'), join(door.directory, 'a.yaml'))
}

async function until<T>(read: () => Promise<T>, done: (value: T) => boolean): Promise<T> {
  for (let i = 0; ; i++) {
    const value = await read()
    if (done(value)) return value
    assert.ok(i < 500, JSON.stringify(value))
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

test('a change is seen on its way to the last proxy’s answer', { timeout: 60_000 }, async () => {
  const [first, second] = [await connect(1), await connect(2)]
  for (const client of [first, second])
    await client.until(
      () => client.covered(typeUrls.route) && client.held(typeUrls.route).size > 0,
      'a full configuration',
    )

  change('127.1.1.2')
  const { pushes } = await until(
    () => get<Pushes>('/debug/pushes?last=1'),
    ({ pushes: [push] }) => push?.kind === 'endpoints' && push.proxies.waiting === 0,
  )
  const [push] = pushes
  assert.deepEqual(push?.what, ['a.shop.svc.cluster.local'])
  assert.deepEqual(push?.proxies, { told: 2, waiting: 0, lost: 0 })
  assert.equal(push?.views, 1)
  assert.equal(push?.responses, 2)
  assert.ok(push && push.bytes > 100)
  for (const stage of ['read', 'wait', 'make', 'write', 'acknowledge', 'total'])
    assert.ok(push.ms[stage]! >= 0, `${stage} in ${JSON.stringify(push.ms)}`)

  const text = await (await fetch(`${door.base}/metrics`)).text()
  assert.match(text, /^isthmus_convergence_seconds_count\{kind="endpoints"\} 1$/m)
  assert.match(text, /^isthmus_proxy_convergence_seconds_count\{kind="endpoints"\} 2$/m)
  assert.match(text, /^isthmus_proxies 2$/m)
})

test('views, memory and proxies', async () => {
  const { views } = await get<{ views: readonly { proxies: number; resources: Record<string, { count: number }> }[] }>(
    '/debug/views',
  )
  // Beside it one that nobody is left of: the rehearsal's.
  const inUse = views.filter(view => view.proxies > 0)
  assert.deepEqual(
    inUse.map(view => [view.proxies, view.resources.ClusterLoadAssignment?.count]),
    [[2, 1]],
  )
  const memory = await get<{
    resources: Record<string, { count: number; bytes: number }>
    results: Record<string, number>
    proxies: { count: number; resourcesHeld: number }
  }>('/debug/memory')
  assert.ok(memory.resources.Cluster!.bytes > 100)
  assert.ok(memory.results.encoded! > 3)
  assert.equal(memory.proxies.count, 2)
  assert.ok(memory.proxies.resourcesHeld > 6)
  const { proxies } = await get<{ proxies: readonly { id: string; inStep: boolean; unreadBytes: number }[] }>(
    '/debug/proxies',
  )
  assert.deepEqual(
    proxies.map(({ id, inStep, unreadBytes }) => [id.split('~')[2], inStep, unreadBytes]),
    [
      ['web-1.shop', true, 0],
      ['web-2.shop', true, 0],
    ],
  )
})

test('a proxy that does not answer is named as behind, and the others’ time is known', {
  timeout: 60_000,
}, async () => {
  const hung = await connect(3, 'hold')
  // It takes its first configuration, and then nothing more.
  const answering = setInterval(() => hung.answer(), 1)
  await hung.until(() => hung.covered(typeUrls.route) && hung.held(typeUrls.route).size > 0, 'a full configuration')
  await until(
    () => get<{ proxies: readonly { inStep: boolean }[] }>('/debug/proxies'),
    ({ proxies }) => proxies.length === 3 && proxies.every(proxy => proxy.inStep),
  )
  clearInterval(answering)
  change('127.1.1.3')
  const { pushes } = await until(
    () => get<Pushes>('/debug/pushes?last=1'),
    ({ pushes: [push] }) => push?.proxies.told === 3 && push.proxies.waiting === 1,
  )
  assert.equal(pushes[0]?.ms.total, undefined)
  const { proxies } = await get<{ proxies: readonly { id: string; inStep: boolean }[] }>('/debug/proxies')
  assert.deepEqual([proxies[0]?.id.split('~')[2], proxies[0]?.inStep], ['web-3.shop', false])
  const text = await (await fetch(`${door.base}/metrics`)).text()
  assert.match(text, /^isthmus_convergence_seconds_count\{kind="endpoints"\} 1$/m)
  assert.match(text, /^isthmus_proxy_convergence_seconds_count\{kind="endpoints"\} 4$/m)
  assert.match(text, /^isthmus_proxies_behind 1$/m)
})
