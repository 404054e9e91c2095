import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startSandbox } from '@isthmus/lab/sandbox/enter.ts'
import { checkRequirements } from '@isthmus/lab/sandbox/requirements.ts'

/* A real cluster of two nodes, used as its users do: cluster-inside.ts starts it and says what it sees. */

const missing = whatIsMissing()
const skip = missing === '' ? false : missing
const folder = mkdtempSync(join(tmpdir(), 'isthmus-cluster-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const sights = new Map<string, unknown>()
let output = ''
let story: Promise<void> | undefined
/** The story is played once; a sight that never came fails with all that was said. */
async function seen<T>(what: string): Promise<T> {
  story ??= play()
  await story
  assert.ok(sights.has(what), `"${what}" was never seen:\n${output}`)
  return sights.get(what) as T
}

async function play(): Promise<void> {
  const file = join(folder, 'output')
  const fd = openSync(file, 'w')
  const sandbox = await startSandbox({
    command: [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'cluster-inside.ts'),
    ],
    keep: [],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    output: fd,
  })
  const timer = setTimeout(() => void sandbox.end(), 580_000)
  await sandbox.ended
  clearTimeout(timer)
  closeSync(fd)
  output = readFileSync(file, 'utf8')
  for (const line of output.split('\n').filter(text => text.startsWith('{"what"'))) {
    const { what, seen } = JSON.parse(line)
    sights.set(what, seen)
  }
}

function whatIsMissing(): string {
  try {
    checkRequirements()
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

const tell = (name: string, story: () => Promise<void>) => test(name, { skip, timeout: 600_000 }, story)

tell('a deployment rolls out, and its nodes say where they are', async () => {
  assert.equal(await seen('rollout'), '2')
  assert.equal(await seen('labels'), 'cn-hangzhou-a')
})

tell('init container, native sidecar and container start in this order and share a volume', async () => {
  assert.equal(await seen('order'), 'init\nside\nmain')
})

tell('a container that ends is started again, and says how it ended', async () => {
  assert.match(await seen('crash'), /^3.* why/)
})

tell('an unknown image is refused with the list of those that have a program', async () => {
  const message = await seen<string>('unknown image')
  assert.match(message, /docker\.io\/library\/nginx:1\.27/)
  assert.match(message, /examples-bookinfo-reviews-v2/)
})

tell('exec runs inside: own name, own processes, own input, own exit code', async () => {
  const [hostname, processes, user] = (await seen<string>('exec')).split('\n')
  assert.equal(hostname, 'order')
  assert.ok(Number(processes) < 8, processes)
  assert.equal(user, '0')
  assert.equal(await seen('exec input'), 'typed')
  assert.match(await seen('exec code'), /exit code 7|code 7/)
})

tell('a pod finds a service by name, a user through port-forward', async () => {
  assert.equal(await seen('service by name'), '/through')
  assert.equal(await seen('port-forward'), '/forwarded')
})

tell('a changed configMap arrives in running pods', async () => {
  assert.equal(await seen('configMap update'), 'two')
})

tell('pods survive their runtime', async () => {
  assert.equal(await seen('exec after the runtime was killed'), 'still here')
  assert.equal(await seen('same containers'), true)
})

tell('nothing is left of pods that ended', async () => {
  assert.equal(await seen('deleted'), '')
  assert.equal(await seen('left of ended pods'), '0')
})

tell('a node without power is noticed, its pods no longer endpoints, and comes back', async () => {
  assert.equal(await seen('powered off'), 'Unknown')
  const endpoints = await seen<string>('endpoints of a dead node')
  assert.match(endpoints, /two=true/)
  assert.doesNotMatch(endpoints, /one=true/)
  assert.equal(await seen('powered on'), 'True')
})
