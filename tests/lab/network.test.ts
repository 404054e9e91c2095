import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startSandbox } from '@isthmus/lab/sandbox/enter.ts'

/* The tutorial's network over real namespaces, without its clusters: network-inside.ts lays it and tries it from within. */

const folder = mkdtempSync(join(tmpdir(), 'isthmus-network-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const { promise: seen, resolve, reject } = Promise.withResolvers<Record<string, never>>()
seen.catch(() => {})
const output = openSync(join(folder, 'output'), 'w')
startSandbox({
  command: [process.execPath, '--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'network-inside.ts')],
  keep: [],
  env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  output,
}).then(async sandbox => {
  await sandbox.ended
  closeSync(output)
  const said = readFileSync(join(folder, 'output'), 'utf8')
  const last = said.trimEnd().split('\n').at(-1)!
  if (last.startsWith('{')) resolve(JSON.parse(last))
  else reject(new Error(said))
}, reject)

interface Seen {
  hops: string[]
  pings: Record<string, boolean>
  rates: number[]
  tlsWithoutPlan: string
  connections: Record<string, string>
}
const result = seen as unknown as Promise<Seen>

test('a trace from pod to pod over the regions shows every router', async () => {
  const { hops } = await result
  assert.equal(hops[0], '20.0.0.1')
  assert.equal(hops.at(-1), '10.1.0.2')
  assert.equal(hops.length, 5)
  for (const router of hops.slice(1, -1)) assert.match(router, /^100\.100\./)
})

test('pods reach the other region’s pods by the security group’s rule only, and answers come back without one', async () => {
  const { pings } = await result
  assert.equal(pings['pod to pod, by rule'], true)
  assert.equal(pings['node to node, no rule'], false)
  assert.equal(pings['pod to pod, rule gone'], false)
  assert.equal(pings['out of the group whose rule is gone'], true)
  assert.equal(pings['member to member'], true)
  assert.equal(pings['from the internet'], true)
})

test('a rule for one port opens that port alone', async () => {
  const { connections } = await result
  assert.equal(connections['mesh to API endpoint'], 'connected')
  assert.equal(connections['mesh to another port'], 'timeout')
})

test('bandwidth between regions is what was bought, in both directions', async () => {
  const { rates } = await result
  assert.equal(rates.length, 2)
  for (const rate of rates) assert.ok(rate > 12e6 && rate < 21e6, `${rate} of 20e6 bit/s`)
})

test('without a bandwidth plan a ping passes and what is as large as a TLS hello does not', async () => {
  const { pings, tlsWithoutPlan } = await result
  assert.equal(pings['without a bandwidth plan'], true)
  assert.equal(tlsWithoutPlan, 'timeout')
})

test('with the connection deleted nothing passes', async () => {
  assert.equal((await result).pings['connection deleted'], false)
})

test('this machine has none of it', async () => {
  await result
  const names = await new Promise<string>(resolve => {
    let said = ''
    const child = spawn('ip', ['netns'], { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } })
    child.stdout.on('data', d => {
      said += d
    })
    child.once('close', () => resolve(said))
  })
  assert.doesNotMatch(names, /vpc-vpc-hangzhou|tr-hangzhou-router/)
})
