import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { connectLab } from '@isthmus/lab/lab.ts'
import { type LabRecord, readRecord, startTimeOf, writeRecord } from '@isthmus/lab/sandbox/record.ts'
import { accepts, mountsOf, processesIn, until, userNamespace } from './leftovers.ts'

/* Each way to end a lab leaves nothing: no process, mount, namespace, socket or port. The world is a single VPC, whose
 * own API server and etcd run. */

const supervisor = join(import.meta.dirname, '../../packages/lab/src/sandbox/detached.ts')
const folder = mkdtempSync(join(tmpdir(), 'isthmus-sandbox-'))
const worldFile = join(folder, 'world.yaml')
before(() => {
  writeFileSync(
    worldFile,
    'apiVersion: cloud.isthmus.dev/v1alpha1\nkind: VPC\nmetadata: {name: v}\nspec: {region: cn-hangzhou, cidrBlock: 20.0.0.0/8}\n',
  )
})
after(() => rmSync(folder, { recursive: true, force: true }))

interface Running {
  readonly directory: string
  readonly supervisor: ChildProcess
  readonly record: LabRecord
  readonly namespace: string
  /** Host's id of the child of the sandbox's first process whose command line holds this. */
  find(text: string): number
  readonly apiPort: number
}

async function start(name: string): Promise<Running> {
  const directory = join(folder, name)
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', supervisor, worldFile], {
    env: { ...process.env, ISTHMUS_LAB_DIR: directory },
    stdio: 'ignore',
  })
  await until('the world is ready', async () => {
    assert.equal(child.exitCode, null, 'the supervisor ended')
    return (await readRecord(directory))?.readySeconds !== undefined
  })
  const record = (await readRecord(directory))!
  const apiPort = Number(/https:\/\/127\.0\.0\.1:(\d+)/.exec(readFileSync(join(directory, 'kubeconfig'), 'utf8'))![1])
  const namespace = userNamespace(record.sandboxPid)!
  assert.notEqual(namespace, userNamespace('self'))
  assert.ok(await accepts(apiPort))
  assert.ok(processesIn(namespace).length > 3)
  const find = (text: string) => {
    const pid = readdirSync('/proc')
      .filter(p => /^\d+$/.test(p) && userNamespace(p) === namespace)
      // The first process names in its own command line what it is to start.
      .filter(p => Number(p) !== record.sandboxPid && parentOf(Number(p)) === record.sandboxPid)
      .find(p => readFileSync(`/proc/${p}/cmdline`, 'utf8').includes(text))
    assert.ok(pid, `a process with ${text}`)
    return Number(pid)
  }
  return { directory, supervisor: child, record, namespace, find, apiPort }
}

async function nothingLeft({ directory, record, namespace, apiPort }: Running): Promise<void> {
  await until(`no process is left: ${processesIn(namespace).join(', ')}`, () => processesIn(namespace).length === 0)
  await until('the port is closed', async () => !(await accepts(apiPort)))
  assert.deepEqual(mountsOf(directory), [])
  assert.equal(startTimeOf(record.sandboxPid), undefined)
  await until('the record is gone', async () => (await readRecord(directory)) === undefined)
  assert.equal(await connectLab(directory), undefined)
}

const ways: Record<string, (lab: Running) => Promise<void> | void> = {
  'lab down': async lab => (await connectLab(lab.directory))!.down(),
  'kill -9 of the supervisor': lab => void lab.supervisor.kill('SIGKILL'),
  'Ctrl-C at the supervisor': lab => void lab.supervisor.kill('SIGINT'),
  'kill -9 of unshare': lab => void process.kill(parentOf(lab.record.sandboxPid), 'SIGKILL'),
  'kill -9 of the first process inside': lab => void process.kill(lab.record.sandboxPid, 'SIGKILL'),
  'kill -9 of what runs the world inside': lab => void process.kill(lab.find('--disable-warning'), 'SIGKILL'),
}

for (const [way, end] of Object.entries(ways))
  test(`after ${way} nothing of the lab is left`, async t => {
    const lab = await start(way.replaceAll(/\W+/g, '-'))
    t.after(() => lab.supervisor.kill('SIGKILL'))
    await end(lab)
    await nothingLeft(lab)
  })

test('the record of a lab that was killed, or of a pid that another process has now, counts for nothing', async () => {
  const directory = join(folder, 'stale')
  const record = { pid: process.pid, startTime: '1', sandboxPid: process.pid, worldFile, startedAt: Date.now() }
  await writeRecord(directory, record)
  assert.equal(await readRecord(directory), undefined)
  await writeRecord(directory, { ...record, startTime: startTimeOf(process.pid)! })
  assert.ok(await readRecord(directory))
})

function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}
