import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { KubeClient, Pod } from '@isthmus/kubernetes'
import { podPlace } from '@isthmus/lab/cloud/pod-place.ts'
import type { LabNode } from '@isthmus/lab/node/index.ts'

/* Where `lab exec` goes for a name, by the records that the runtime keeps of its pods. */

const dir = mkdtempSync(join(tmpdir(), 'isthmus-pod-place-'))
after(() => rmSync(dir, { recursive: true, force: true }))

const node = { on: true, dir, enter: () => ['nsenter', `--target=${process.pid}`, '--all', '--'] } as unknown as LabNode

function pod(name: string, more: { leaving?: true; hostNetwork?: true; phase?: string } = {}): Pod {
  return {
    metadata: { name, uid: `uid-${name}`, ...(more.leaving && { deletionTimestamp: '2026-01-01T00:00:00Z' }) },
    spec: { nodeName: 'node-1', hostNetwork: more.hostNetwork },
    status: { phase: more.phase ?? 'Running' },
  } as Pod
}

function hasNetwork(name: string, ready = true): void {
  const folder = join(dir, 'disk', 'cri', 'sandboxes', name)
  mkdirSync(folder, { recursive: true })
  const record = { ready, config: { metadata: { uid: `uid-${name}` } }, link: { netns: `net-${name}` } }
  writeFileSync(join(folder, 'record.json'), JSON.stringify(record))
}

async function where(pods: readonly Pod[], wanted: string): Promise<string | undefined> {
  const client = { list: async () => pods } as unknown as KubeClient
  const place = await podPlace('c', client, async () => node, wanted)
  return place && (/netns\/(\S+)/.exec(place.enter.join(' '))?.[1] ?? 'the node')
}

hasNetwork('echo-old', false)
hasNetwork('echo-going')
hasNetwork('echo-new')
hasNetwork('echo')

test('the pod of that name, or one whose name begins so', async () => {
  assert.equal(await where([pod('echo-new'), pod('echo')], 'c/default/echo'), 'net-echo')
  assert.equal(await where([pod('echo-new')], 'echo'), 'net-echo-new')
  assert.equal(await where([pod('echo-new')], 'elsewhere/default/echo'), undefined)
  assert.equal(await where([pod('echo-new', { phase: 'Pending' })], 'echo'), undefined)
})

test('one that is being deleted only where there is no other', async () => {
  const going = pod('echo-going', { leaving: true })
  assert.equal(await where([going, pod('echo-new')], 'echo'), 'net-echo-new')
  assert.equal(await where([going], 'echo'), 'net-echo-going')
})

test('where a pod has no network any more, its node is not taken for it', async () => {
  const old = pod('echo-old', { leaving: true })
  assert.equal(await where([old], 'echo'), undefined)
  assert.equal(await where([old, pod('echo-going', { leaving: true })], 'echo'), 'net-echo-going')
  assert.equal(await where([pod('proxy', { hostNetwork: true })], 'proxy'), 'the node')
})
