import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AnyObject, type ConfigMap, isKubeError, KubeClient, kinds, watchList } from '../src/index.ts'
import { RealApi } from './real-api.ts'

const api = new RealApi()
let client: KubeClient
before(async () => {
  await api.start()
  client = new KubeClient(api.access)
})
after(async () => {
  await client?.close()
  await api.stop()
})

const widgets = `
apiVersion: example.dev/v1
kind: Widget
metadata: {name: w, namespace: shop}
spec: {size: 1}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.dev}
spec:
  group: example.dev
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`

test('apply puts namespaces and kinds before what needs them, and is done when all are there', async () => {
  await client.apply(widgets)
  await client.apply(widgets)
  const widget = { apiVersion: 'example.dev/v1', kind: 'Widget' }
  const w = await client.get(widget, { name: 'w', namespace: 'shop' })
  assert.equal(w.spec.size, 1)
  await client.patchStatus(widget, { name: 'w', namespace: 'shop' }, { conditions: [{ type: 'Ready' }] })
  await client.patch(widget, { name: 'w', namespace: 'shop' }, [{ op: 'replace', path: '/spec/size', value: 2 }], {
    type: 'json',
  })
  const after = await client.get(widget, { name: 'w', namespace: 'shop' })
  assert.deepEqual([after.spec.size, after.status.conditions[0].type], [2, 'Ready'])
})

test('create, update, patch, delete, and what refuses them', async () => {
  const key = { name: 'c', namespace: 'default' }
  const first: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: key, data: { a: '1' } }
  const made = await client.create(first)
  await assert.rejects(client.create(first), e => isKubeError(e, 'alreadyExists'))
  await client.patch(kinds.ConfigMap, key, { data: { b: '2' } })
  await assert.rejects(client.update({ ...made, data: {} }), e => isKubeError(e, 'conflict'))
  const now = await client.get<ConfigMap>(kinds.ConfigMap, key)
  assert.deepEqual(now.data, { a: '1', b: '2' })
  assert.equal(await client.delete(kinds.ConfigMap, key), true)
  assert.equal(await client.delete(kinds.ConfigMap, key), false)
})

test('who it is refused, and why, is told apart: no such token, no permission, no trust', async () => {
  const fails = async (access: object) => {
    const other = new KubeClient({ ...api.access, ...access })
    const error: unknown = await other.list(kinds.Node).catch(e => e)
    await other.close()
    return isKubeError(error) ? error.kind : error
  }
  assert.equal(await fails({ token: 'wrong' }), 'unauthorized')
  assert.equal(await fails({ token: 'nothing' }), 'forbidden')
  assert.equal(await fails({ ca: undefined }), 'tlsUntrusted')
})

test('a watch lives through a restart of the API and misses nothing', async () => {
  const seen = new Map<string, AnyObject>()
  const watch = watchList<AnyObject>(
    client,
    kinds.ConfigMap,
    {
      onSync(items) {
        seen.clear()
        for (const o of items) seen.set(o.metadata.name, o)
      },
      onChange(type, o) {
        if (type === 'deleted') seen.delete(o.metadata.name)
        else seen.set(o.metadata.name, o)
      },
    },
    { namespace: 'default' },
  )
  const until = async (what: string, holds: () => boolean) => {
    for (let i = 0; i < 2000 && !holds(); i++) await sleep(10)
    assert.ok(holds(), what)
  }
  const put = (name: string) =>
    client.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } })
  await put('one')
  await until('one', () => seen.has('one'))
  await api.stopApi()
  await until('lost', () => !watch.state.connected)
  assert.ok(seen.has('one'))
  await api.startApi()
  await put('two')
  await until('two', () => seen.has('two') && watch.state.connected)
  assert.ok(seen.has('one'))
  await watch.stop()
})
