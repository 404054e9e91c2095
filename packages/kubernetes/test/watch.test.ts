import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { KubeClient, kinds, type Pod, type WatchState, watchList } from '../src/index.ts'
import { FakeApi } from './fake-api.ts'

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if (holds()) return
    await sleep(5)
  }
  assert.fail(`never: ${what}`)
}

/** A table kept by a watch, as every user of it does. */
async function watched(api: FakeApi, options: object = {}) {
  const client = new KubeClient({ server: await api.start() })
  const pods = new Set<string>()
  const states: WatchState[] = []
  let syncs = 0
  const watch = watchList<Pod>(
    client,
    kinds.Pod,
    {
      onSync(items) {
        syncs++
        pods.clear()
        for (const p of items) pods.add(p.metadata.name)
      },
      onChange(type, p) {
        if (type === 'deleted') pods.delete(p.metadata.name)
        else pods.add(p.metadata.name)
      },
      onState: s => states.push(s),
    },
    { backoffMs: 5, maxBackoffMs: 20, ...options },
  )
  return {
    pods,
    states,
    watch,
    client,
    get syncs() {
      return syncs
    },
    text: () => [...pods].sort().join(),
    async end() {
      await watch.stop()
      await client.close()
      await api.stop()
    },
  }
}

test('a watch follows what happens', async () => {
  const api = new FakeApi()
  api.put('a')
  const w = await watched(api)
  await until('synced', () => w.text() === 'a' && api.watching === 1)
  api.put('b')
  await until('b', () => w.text() === 'a,b')
  api.remove('a')
  await until('a gone', () => w.text() === 'b')
  assert.equal(w.watch.state.connected, true)
  await w.end()
})

test('a broken watch resumes where it stopped, without a new list', async () => {
  const api = new FakeApi()
  api.put('a')
  const w = await watched(api)
  await until('watching', () => api.watching === 1)
  api.dropWatches()
  await until('watching again', () => api.watching === 1 && api.requests.filter(r => r.endsWith('?watch')).length === 2)
  assert.equal(w.syncs, 1)
  await w.end()
})

test('when the API has forgotten the point, everything is listed again', async () => {
  const api = new FakeApi()
  api.put('a')
  const w = await watched(api)
  await until('watching', () => api.watching === 1)
  api.oldest = 10_000
  api.dropWatches()
  api.version = 20_000
  api.pods.delete('a')
  api.put('z')
  await until('listed again', () => w.text() === 'z' && w.syncs === 2)
  await w.end()
})

test('an API that fails takes nothing away: unknown is not none', async () => {
  const api = new FakeApi()
  api.put('a')
  const w = await watched(api)
  await until('watching', () => api.watching === 1)
  api.failWith = { status: 403, reason: 'Forbidden' }
  api.dropWatches()
  await until('known to be lost', () => !w.watch.state.connected)
  await sleep(50)
  assert.equal(w.text(), 'a')
  assert.equal(w.watch.state.error?.kind, 'forbidden')
  const contact = w.watch.state.lastContact
  assert.ok(contact > 0)
  api.failWith = undefined
  await until('back', () => w.watch.state.connected)
  assert.equal(w.text(), 'a')
  await w.end()
})

test('a silent watch is not trusted: the API is asked, and found dead', async () => {
  const api = new FakeApi()
  const w = await watched(api, { idleProbeMs: 30, probeTimeoutMs: 200 })
  await until('watching', () => api.watching === 1)
  await until('probed while idle', () => api.requests.includes('GET /version'))
  // The watch's connection stays open and silent, as after a cut link; only new requests can tell.
  w.client.probe = () => Promise.reject(new Error('no answer'))
  await until('lost', () => !w.watch.state.connected || w.states.some(s => !s.connected))
  await w.end()
})
