import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { KubeObject } from '@isthmus/kubernetes'
import { Pace, silentLog, systemClock } from '../../src/runtime/index.ts'
import { StateFile } from '../../src/sources/state-file.ts'

const pod = (name: string, more: object = {}) =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, ...more }) as KubeObject

test('what is written in pieces is read whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'state-'))
  const file = new StateFile(join(folder, 'a.json'), { clock: systemClock, log: silentLog })
  for (const pods of [0, 1, 3_000]) {
    const objects = {
      Node: [pod('n "quoted" ü')],
      Pod: Array.from({ length: pods }, (_, i) => pod(`p-${i}`, { spec: { text: 'x'.repeat(i % 300) } })),
      Service: [],
    }
    file.save(() => ({ lastContact: 12, objects }))
    await file.flush()
    const read = await file.load()
    assert.deepEqual({ lastContact: read?.lastContact, objects: read?.objects }, { lastContact: 12, objects })
  }
  assert.deepEqual(await readdir(folder), ['a.json'])
  await rm(folder, { recursive: true })
})

test('work that takes long comes less often', () => {
  const pace = new Pace(100)
  assert.equal(pace.waitMs, 100)
  pace.took(1)
  assert.equal(pace.waitMs, 100)
  pace.took(50)
  assert.equal(pace.waitMs, 1_000)
  pace.took(60_000)
  assert.equal(pace.waitMs, 30_000)
})
