import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { keepDaemon } from '../../src/cluster/daemon.ts'

test('a program that gives up is started again until it is stopped', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'isthmus-daemon-'))
  const log = join(dir, 'log')
  const daemon = keepDaemon({ name: 'gives-up', command: 'sh', args: ['-c', 'echo tried; exit 1'], logFile: log }, 10)
  const tries = async () => (await readFile(log, 'utf8')).split('\n').filter(Boolean).length
  const end = Date.now() + 10_000
  while ((await tries()) < 3 && Date.now() < end) await new Promise(resolve => setTimeout(resolve, 10))
  assert.ok((await tries()) >= 3)
  await daemon.stop()
  await daemon.exited
  const after = await tries()
  await new Promise(resolve => setTimeout(resolve, 100))
  assert.equal(await tries(), after)
  await rm(dir, { recursive: true })
})
