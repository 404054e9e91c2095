import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, before, test } from 'node:test'
import { isKubeError, KubeClient, KubeError, kinds, type Pod } from '../src/index.ts'
import { FakeApi } from './fake-api.ts'

const api = new FakeApi()
let client: KubeClient
before(async () => {
  client = new KubeClient({ server: await api.start() })
})
after(async () => {
  await client.close()
  await api.stop()
})

const failure = async (work: Promise<unknown>): Promise<KubeError> => {
  const error = await work.then(
    () => assert.fail('it should have failed'),
    e => e,
  )
  assert.ok(error instanceof KubeError, String(error))
  return error
}

test('a list comes whole, however many pages it has, and its items know their kind', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) api.put(name)
  const pods = await client.list<Pod>(kinds.Pod)
  assert.deepEqual(
    pods.map(p => `${p.kind} ${p.metadata.name}`),
    ['Pod a', 'Pod b', 'Pod c', 'Pod d', 'Pod e'],
  )
})

test('a kind that is not known beforehand is found by discovery, once', async () => {
  const widget = { apiVersion: 'example.dev/v1', kind: 'Widget' }
  await client.get(widget, { name: 'w' })
  await client.get(widget, { name: 'w' })
  assert.equal(api.requests.filter(r => r === 'GET /apis/example.dev/v1').length, 1)
  const missing = await failure(client.get({ apiVersion: 'example.dev/v1', kind: 'Gadget' }, { name: 'g' }))
  assert.equal(missing.kind, 'notFound')
})

test('failures say what kind they are', async () => {
  assert.equal((await failure(client.get(kinds.Node, { name: 'n' }))).kind, 'notFound')
  assert.equal(await client.find(kinds.Node, { name: 'n' }), undefined)
  for (const [status, reason, kind] of [
    [401, 'Unauthorized', 'unauthorized'],
    [403, 'Forbidden', 'forbidden'],
    [409, 'Conflict', 'conflict'],
    [409, 'AlreadyExists', 'alreadyExists'],
    [422, 'Invalid', 'invalid'],
    [429, 'TooManyRequests', 'tooMany'],
    [503, 'ServiceUnavailable', 'server'],
  ] as const) {
    api.failWith = { status, reason }
    const error = await failure(client.list(kinds.Pod))
    assert.equal(error.kind, kind)
    assert.equal(error.status, status)
    assert.match(error.message, /as told/)
  }
  api.failWith = undefined
})

test('network failures are told apart: refused, silent, plain text where TLS is spoken', async () => {
  const gone = new FakeApi()
  const server = await gone.start()
  await gone.stop()
  const refused = new KubeClient({ server })
  assert.equal((await failure(refused.list(kinds.Pod))).kind, 'refused')
  await refused.close()

  const sockets = new Set<import('node:net').Socket>()
  const silent = createServer(s => sockets.add(s.on('error', () => {})))
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as import('node:net').AddressInfo
  const waiting = new KubeClient({ server: `http://127.0.0.1:${port}` }, { timeoutMs: 100 })
  assert.equal((await failure(waiting.list(kinds.Pod))).kind, 'timeout')
  await waiting.close()
  for (const s of sockets) s.destroy()
  silent.close()

  const tls = new KubeClient({ server: `https://127.0.0.1:${api.port}` })
  const error = await failure(tls.list(kinds.Pod))
  assert.ok(isKubeError(error, 'tlsOther', 'reset'), error.kind)
  await tls.close()
})

test('dots are no names: a path never leads to the folder above', async () => {
  const client = new KubeClient({ server: 'http://127.0.0.1:1' })
  for (const name of ['', '.', '..']) {
    await assert.rejects(client.path(kinds.Pod, { namespace: 'default', name }), { kind: 'invalid' })
    if (name) await assert.rejects(client.path(kinds.Pod, { namespace: name, name: 'a' }), { kind: 'invalid' })
  }
  const odd = await client.path(kinds.Pod, { namespace: '../..', name: 'a/../b?x#y' })
  assert.equal(odd, '/api/v1/namespaces/..%2F../pods/a%2F..%2Fb%3Fx%23y')
  await client.close()
})
