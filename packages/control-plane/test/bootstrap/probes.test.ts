import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { test } from 'node:test'
import { bootstrap, drainHook, probePath } from '@isthmus/control-plane/bootstrap/index.ts'
import { envoyBinary } from '@isthmus/lab/binaries.ts'
import { freePort } from '../support/free-port.ts'

const envoy = envoyBinary()

async function listen(port = 0): Promise<Server> {
  const server = createServer(socket => socket.on('error', () => {}).end())
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const portOf = (server: Server) => (server.address() as AddressInfo).port

/** The status, or 0 where nothing answered. */
async function ask(port: number, path: string): Promise<number> {
  return fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(2_000) }).then(
    answer => answer.status,
    () => 0,
  )
}

async function until(what: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000
  while (!(await what())) {
    if (Date.now() > end) assert.fail('it did not come about in time')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

test('the real Envoy answers a rewritten tcpSocket probe as the application stands, and fails health once it drains', {
  timeout: 60_000,
}, async t => {
  let application = await listen()
  t.after(() => application.close())
  const port = portOf(application)
  const [health, admin] = [await freePort(), await freePort()]
  const config = bootstrap({
    kind: 'sidecar',
    cluster: 'ack-hangzhou',
    namespace: 'default',
    pod: 'redis-0',
    ip: '127.0.0.1',
    labels: {},
    workload: 'redis',
    serviceAccount: 'default',
    network: '',
    domain: 'cluster.local',
    redirect: 'uid',
    xdsAddress: '127.0.0.1:1',
    tls: false,
    tcpProbes: [port],
  })
  // The ports of a pod are a machine's own here; and there is no control plane to wait for.
  const text = JSON.stringify(config)
    .replaceAll('"port_value":15000', `"port_value":${admin}`)
    .replaceAll('"port_value":15021', `"port_value":${health}`)
    .replaceAll('"port_value":15090', '"port_value":0')
    .replaceAll('"initial_fetch_timeout":"0s"', '"initial_fetch_timeout":"0.1s"')
  const proxy = spawn(envoy, [
    '--config-yaml',
    text,
    '--concurrency',
    '1',
    '--disable-hot-restart',
    '--log-level',
    'off',
  ])
  t.after(() => proxy.kill('SIGKILL'))

  await until(async () => (await ask(health, '/healthz/ready')) === 200)
  await until(async () => (await ask(health, probePath(port))) === 200)
  application.close()
  await until(async () => (await ask(health, probePath(port))) === 503)
  application = await listen(port)
  await until(async () => (await ask(health, probePath(port))) === 200)

  const [program, ...args] = drainHook(0).exec.command.map(word => word.replace('15000', String(admin)))
  const [code] = await once(spawn(program!, args), 'exit')
  assert.equal(code, 0)
  assert.equal(await ask(health, '/healthz/ready'), 503)
})
