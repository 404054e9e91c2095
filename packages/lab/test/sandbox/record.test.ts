import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { subordinate } from '@isthmus/lab/sandbox/identity.ts'
import { labDirectory } from '@isthmus/lab/sandbox/paths.ts'
import { claimRecord, readRecord, removeRecord, startTimeOf } from '@isthmus/lab/sandbox/record.ts'

const folder = mkdtempSync(join(tmpdir(), 'isthmus-record-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const mine = { pid: process.pid, startTime: startTimeOf(process.pid)!, sandboxPid: 0, worldFile: 'w', startedAt: 1 }

test('of labs that start at once in one folder one gets it', async () => {
  // Many times, over nothing and over a record that was left: once in a while two of three used to get it.
  for (let run = 0; run < 100; run++) {
    await removeRecord(folder)
    if (run % 2) writeFileSync(join(folder, 'lab.json'), JSON.stringify({ ...mine, startTime: '7' }))
    const claims = await Promise.all([1, 2, 3].map(() => claimRecord(folder, mine)))
    assert.equal(claims.filter(Boolean).length, 1)
  }
  assert.deepEqual(await readRecord(folder), mine)
  assert.equal(await claimRecord(folder, mine), false)
  await removeRecord(folder)
  assert.equal(await claimRecord(folder, mine), true)
})

test('a claim that was left behind half way is taken over as well', async () => {
  const left = JSON.stringify({ ...mine, startTime: '7' })
  writeFileSync(join(folder, 'lab.json'), left)
  const digest = createHash('sha256').update(left).digest('hex').slice(0, 8)
  writeFileSync(join(folder, `lab.json.${digest}`), JSON.stringify({ ...mine, startTime: '8' }))
  assert.equal(await claimRecord(folder, mine), true)
  assert.deepEqual(await readRecord(folder), mine)
  assert.deepEqual(readdirSync(folder), ['lab.json'])
})

test('a record of a process that is gone, or half a record, is taken over', async () => {
  for (const text of [JSON.stringify({ ...mine, startTime: '7' }), '{"pid":']) {
    writeFileSync(join(folder, 'lab.json'), text)
    assert.equal(await readRecord(folder), undefined)
    assert.equal(await claimRecord(folder, mine), true)
  }
})

test('the lab’s folder is the named one, else in the user’s state folder', () => {
  assert.equal(labDirectory({ ISTHMUS_LAB_DIR: '/a/b' }), '/a/b')
  assert.equal(labDirectory({ XDG_STATE_HOME: '/state' }), '/state/isthmus/lab')
})

test('further ids of an ordinary user are found by name or by number', () => {
  const file = 'anna:100000:65536\n1001:200000:10\n'
  assert.deepEqual(subordinate(file, { username: 'anna', uid: 1000 }), { inside: 1, outside: 100000, length: 65536 })
  assert.deepEqual(subordinate(file, { username: 'ben', uid: 1001 }), { inside: 1, outside: 200000, length: 10 })
  assert.equal(subordinate(file, { username: 'carl', uid: 1002 }), undefined)
})
