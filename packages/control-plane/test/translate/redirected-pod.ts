import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { envoyBinary } from '@isthmus/lab/binaries.ts'
import { redirectRules } from '../../src/injection/redirect.ts'
import { trafficCapture } from '../../src/injection/traffic.ts'
import { translate } from '../../src/translate/index.ts'
import { request } from './backend.ts'
import { assignments, bootstrapOf, scratch } from './envoy.ts'
import { endpoint, inbound, mesh, port, service, sidecar } from './world.ts'

/*
 * Runs inside a sandbox of its own (see redirection.test.ts): a pod with an application and a sidecar behind the real
 * redirection rules, and a neighbour. Prints what was seen as JSON.
 */

const pod = '10.0.9.2'
const neighbour = '10.0.9.1'
const sh = (line: string, input?: string) => {
  const [command = '', ...args] = line.split(' ')
  return execFileSync(command, args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'] })
}
const inPod = (args: readonly string[]): ChildProcess =>
  spawn('ip', ['netns', 'exec', 'pod', ...args], { stdio: ['ignore', 'inherit', 'inherit'] })

const application = `
const say = (name) => (q, s) => s.end(JSON.stringify({ name, peer: q.socket.remoteAddress, host: q.headers.host }))
const http = require('node:http')
http.createServer(say('app')).listen(8000, '0.0.0.0')
http.createServer(say('podip')).listen(8001, '${pod}')
http.createServer(say('probe')).listen(6000, '0.0.0.0')
`
// Not synchronously: this process is the neighbour that has to answer.
const run = async (script: string) => {
  const args = ['netns', 'exec', 'pod', process.execPath, '-e', script]
  return (await promisify(execFile)('ip', args, { timeout: 10_000 })).stdout
}
const ask = async (url: string, host: string) => {
  const script = `require('node:http').get(${JSON.stringify(url)}, { headers: { host: ${JSON.stringify(host)} }, timeout: 5000, agent: false }, r => {
    let b = ''; r.on('data', d => b += d).on('end', () => console.log(JSON.stringify({ status: r.statusCode, body: b, server: r.headers.server })))
  }).on('error', e => console.log(JSON.stringify({ error: e.message })))`
  return JSON.parse(await run(script))
}
const talk = async (host: string, portNumber: number) => {
  const script = `require('node:net').connect(${portNumber}, ${JSON.stringify(host)}).on('data', d => { console.log(String(d)); process.exit() }).on('error', e => { console.log(e.message); process.exit() })`
  return (await run(script)).trim()
}
/** Says something first. */
const say = async (words: string, host: string, portNumber: number) => {
  const script = `let b = ''; const s = require('node:net').connect(${portNumber}, ${JSON.stringify(host)}, () => s.write(${JSON.stringify(words)})); s.on('data', d => { b += d }).on('close', () => console.log(b)).on('error', e => console.log(e.message))`
  return (await run(script)).split('\n')[0]!.trim()
}
/** As old clients speak; Node's own speaks HTTP/1.1 alone. */
const http10 = 'GET / HTTP/1.0\r\n\r\n'
const askHttp2 = async (url: string) => {
  const script = `const s = require('node:http2').connect(${JSON.stringify(url)}).on('error', e => { console.log(JSON.stringify({ error: e.message })); process.exit() }); let b = ''
  s.request({ ':path': '/' }).on('data', d => b += d).on('end', () => { console.log(JSON.stringify({ body: b })); process.exit() })`
  return JSON.parse(await run(script))
}

sh('mount -t tmpfs tmpfs /run')
sh('mkdir /run/netns')
sh('ip link set lo up')
sh('ip netns add pod')
sh('ip link add veth0 type veth peer name eth0 netns pod')
sh(`ip addr add ${neighbour}/24 dev veth0`)
sh('ip link set veth0 up')
sh('ip -n pod link set lo up')
sh(`ip -n pod addr add ${pod}/24 dev eth0`)
sh('ip -n pod link set eth0 up')
sh(`ip -n pod route add default via ${neighbour}`)
sh('ip netns exec pod nft -f -', redirectRules(trafficCapture(), 'mark'))

const serve = (name: string, portNumber: number) =>
  createHttpServer((q, s) =>
    s.end(JSON.stringify({ name, peer: q.socket.remoteAddress, host: q.headers.host })),
  ).listen(portNumber, neighbour)
serve('reviews', 9080)
serve('outside', 7000)
createServer(socket => socket.end('tcp says hello')).listen(5000, neighbour)
// What stands behind the address of a service itself.
sh('ip addr add 172.16.0.10/32 dev veth0')
createServer(socket => socket.once('data', words => socket.end(`heard ${words}`))).listen(9080, '172.16.0.10')

const addresses = (last: number) => ({ addresses: new Map([['ack-hangzhou', [`172.16.0.${last}`]]]) })
const m = mesh({
  services: [
    service('reviews', addresses(10)),
    service('app', { ...addresses(11), ports: [port(80)] }),
    service('db', { ...addresses(12), ports: [port(3306, 'TCP')] }),
  ],
  endpoints: {
    reviews: [endpoint(neighbour, 9080)],
    app: [endpoint(pod, 8000)],
    db: [endpoint(neighbour, 5000, { portName: 'tcp' })],
  },
})
const view = sidecar({ redirect: 'mark', inbound: [inbound('app', 8000), inbound('podip', 8001)] })
using at = scratch()
const children = [inPod([process.execPath, '-e', application])]
children.push(
  inPod([
    envoyBinary(),
    '-c',
    bootstrapOf(at.dir, translate(view, m), assignments(view, m)),
    '--concurrency',
    '1',
    '--use-dynamic-base-id',
    '-l',
    'error',
  ]),
)
for (let i = 0; i < 100; i++) {
  if (children.some(child => child.exitCode !== null || child.signalCode !== null)) throw new Error('the pod ended')
  const reply = await request(8000, '/', { to: pod }).catch(() => undefined)
  if (reply?.status === 200) break
  await sleep(100)
}

const body = (reply: { body?: string }) => (reply.body ? JSON.parse(reply.body) : reply)
const fromOutside = async (portNumber: number) => {
  const reply = await request(portNumber, '/', { to: pod, host: 'app' })
  return { ...body(reply), server: reply.headers.server }
}
const seen = {
  inbound: await fromOutside(8000),
  inboundOnPodIp: await fromOutside(8001),
  probe: await fromOutside(6000),
  service: body(await ask('http://172.16.0.10:9080/', 'reviews:9080')),
  itself: body(await ask('http://172.16.0.11:80/', 'app')),
  loopback: body(await ask('http://127.0.0.1:8000/', 'localhost')),
  unknownHost: body(await ask(`http://${neighbour}:9080/`, 'who.example')),
  unknownPort: body(await ask(`http://${neighbour}:7000/`, 'outside.example')),
  http10: await say(http10, neighbour, 9080),
  serviceByHttp2: body(await askHttp2('http://172.16.0.10:9080')),
  serviceByHttp10: await say(http10, '172.16.0.10', 9080),
  serviceNotHttp: await say('something else\n', '172.16.0.10', 9080),
  tcp: await talk('172.16.0.12', 3306),
}
for (const child of children) child.kill('SIGKILL')
process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit())
