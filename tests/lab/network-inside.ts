import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { planWorld } from '@isthmus/lab/cloud/plan.ts'
import type { CloudObject } from '@isthmus/lab/cloud/resources.ts'
import { applyChanges } from '@isthmus/lab/network/apply.ts'
import { emptyState, planChanges } from '@isthmus/lab/network/changes.ts'
import { planNetwork } from '@isthmus/lab/network/plan.ts'
import type { NetworkState } from '@isthmus/lab/network/state.ts'
import { defaultWorld, loadWorld } from '@isthmus/lab/world/load.ts'

/* Runs in a sandbox: lays the default world's network, tries it, and says what it saw as one line of JSON. Pods are
 * addresses of their node's loopback. */

const run = promisify(execFile)
const seed = await loadWorld(defaultWorld)
let state: NetworkState = emptyState

async function lay(change: Record<string, object | undefined>): Promise<void> {
  const objects = seed.flatMap((o): CloudObject[] => {
    const id = `${o.kind}/${o.metadata.name}`
    if (!(id in change)) return [o]
    return change[id] ? [{ ...o, spec: { ...o.spec, ...change[id] } as CloudObject['spec'] }] : []
  })
  const next = planNetwork(planWorld(objects).topology)
  await applyChanges(planChanges(state, next))
  state = next
}

const at = (namespace: string, ...words: string[]) => ['nsenter', `--net=/run/netns/${namespace}`, ...words]
const succeeds = ([program, ...args]: string[]) =>
  run(program!, args).then(
    () => true,
    () => false,
  )
const ping = (namespace: string, to: string, from?: string) =>
  succeeds(at(namespace, 'ping', '-c1', '-W1', ...(from ? ['-I', from] : []), to))
const node = (namespace: string, script: string, ...args: string[]) =>
  at(namespace, process.execPath, '-e', script, ...args)

const peer = 'TransitRouterPeerAttachment/hangzhou-shanghai'
await lay({ [peer]: { bandwidth: '20Mbps' } })
await run('ip', ['-n', 'ack-hangzhou-1', 'addr', 'add', '10.0.0.2/32', 'dev', 'lo'])
await run('ip', ['-n', 'ack-shanghai-1', 'addr', 'add', '10.1.0.2/32', 'dev', 'lo'])

const hops: string[] = []
for (let ttl = 1; ttl <= 8 && hops.at(-1) !== '10.1.0.2'; ttl++) {
  const args = at('ack-hangzhou-1', 'ping', '-c1', '-W1', '-n', `-t${ttl}`, '-I', '10.0.0.2', '10.1.0.2')
  const said = await run(args[0]!, args.slice(1)).catch((e: { stdout: string }) => e)
  hops.push(/^(?:\d+ bytes from|From) ([\d.]+)/m.exec(said.stdout)?.[1] ?? 'nothing')
}

const pings: Record<string, boolean> = {
  'pod to pod, by rule': await ping('ack-hangzhou-1', '10.1.0.2', '10.0.0.2'),
  'node to node, no rule': await ping('ack-hangzhou-1', '21.0.0.3'),
  'member to member': await ping('ack-hangzhou-1', '20.0.0.4'),
  'from the internet': await succeeds(['ping', '-c1', '-W1', '20.0.0.3']),
}

/** Accepts for ever; says the bits a second of each connection that sent any. */
const sink = `
  const net = require('node:net')
  for (const port of process.argv.slice(1)) net.createServer(s => {
    let bytes = 0, start = 0
    s.on('error', () => {})
    s.on('data', d => { start ||= performance.now(); bytes += d.length })
    s.on('close', () => bytes > 1e5 && console.log(bytes * 8000 / (performance.now() - start)))
  }).listen(Number(port), '0.0.0.0')`
/** Sends for two seconds. */
const source = `
  const [host, from] = process.argv.slice(1)
  const s = require('node:net').connect({ host, port: 5001, localAddress: from })
  const chunk = Buffer.alloc(65536)
  const more = () => { while (s.write(chunk)); s.once('drain', more) }
  s.on('error', () => process.exit(1))
  s.on('connect', more)
  setTimeout(() => s.destroy(), 2000)`
/** Connects, sends as much as a TLS hello, and waits for nothing but its acknowledgement. */
const hello = `
  const [host, port, size] = process.argv.slice(1)
  const s = require('node:net').connect({ host, port: Number(port) })
  const over = what => { console.log(what); process.exit() }
  setTimeout(over, 3000, 'timeout')
  s.on('error', e => over(e.code))
  s.on('connect', () => Number(size) ? s.end(Buffer.alloc(Number(size))) : over('connected'))
  s.on('end', () => over('passed')).resume()`

const said: number[] = []
const sinks = ['ack-hangzhou-1', 'ack-shanghai-1', 'api-ack-shanghai'].map(namespace => {
  const [program, ...args] = node(namespace, sink, '5001', '6443')
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.on('data', data => said.push(...String(data).trim().split('\n').map(Number)))
  return child
})
await new Promise(resolve => setTimeout(resolve, 500))
const output = async ([program, ...args]: string[]) => (await run(program!, args)).stdout.trim()
/** One after the other: a stream's answers would wait in the queue of the one that comes back. */
const measured = async (count: number) => {
  for (let i = 0; i < 100 && said.length < count; i++) await new Promise(resolve => setTimeout(resolve, 100))
}
await output(node('ack-hangzhou-1', source, '10.1.0.2', '10.0.0.2'))
await measured(1)
await output(node('ack-shanghai-1', source, '10.0.0.2', '10.1.0.2'))
await measured(2)
const connections = {
  'mesh to API endpoint': await output(node('mesh-mesh', hello, '21.0.0.2', '6443', '0')),
  'mesh to another port': await output(node('mesh-mesh', hello, '21.0.0.2', '5001', '0')),
}
await lay({ [peer]: { bandwidth: undefined } })
pings['without a bandwidth plan'] = await ping('ack-hangzhou-1', '10.1.0.2', '10.0.0.2')
const tlsWithoutPlan = await output(node('mesh-mesh', hello, '21.0.0.2', '6443', '517'))

await lay({ [peer]: { bandwidth: '20Mbps' }, 'SecurityGroup/sg-ack-shanghai': { inbound: [] } })
pings['pod to pod, rule gone'] = await ping('ack-hangzhou-1', '10.1.0.2', '10.0.0.2')
pings['out of the group whose rule is gone'] = await ping('ack-shanghai-1', '10.0.0.2', '10.1.0.2')

await lay({ [peer]: undefined })
pings['connection deleted'] = await ping('ack-hangzhou-1', '10.1.0.2', '10.0.0.2')

for (const child of sinks) child.kill('SIGKILL')
console.log(JSON.stringify({ hops, pings, rates: said, tlsWithoutPlan, connections }))
