import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { bootstrap } from '@isthmus/control-plane/bootstrap/index.ts'
import { silentLog } from '@isthmus/control-plane/runtime/index.ts'
import { serveDirectory } from '@isthmus/control-plane/wiring/directory.ts'
import { envoyBinary } from '@isthmus/lab/binaries.ts'

/* The whole way of a figure: a real sidecar under a real control plane, whose HTTP API tells what was measured. */

const envoy = envoyBinary()
const [hangzhou, shanghai] = ['cn-hangzhou', 'cn-shanghai']

test('what a sidecar sends is told by region, and a region whose pods fail is told to have failed over', {
  timeout: 120_000,
}, async t => {
  let broken = false
  const backend = async (status: () => number) => {
    const server = createServer((_q, response) => response.writeHead(status()).end())
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    t.after(() => {
      server.closeAllConnections()
      server.close()
    })
    return (server.address() as AddressInfo).port
  }
  const freePort = async () => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise(resolve => server.close(resolve))
    return port
  }
  const [here, there] = [await backend(() => (broken ? 503 : 200)), await backend(() => 200)]
  const [service, xds, api] = [await freePort(), await freePort(), await freePort()]

  const folder = mkdtempSync(join(tmpdir(), 'isthmus-measured-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const endpoint = (port: number, region: string) => ({ address: '127.0.0.1', ports: { http: port }, locality: region })
  const objects = [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'ServiceEntry',
      metadata: { name: 'reviews', namespace: 'default' },
      spec: {
        hosts: ['reviews.default.svc.cluster.local'],
        location: 'MESH_INTERNAL',
        resolution: 'STATIC',
        ports: [{ name: 'http', number: service, protocol: 'HTTP' }],
        endpoints: [endpoint(here, hangzhou), endpoint(there, shanghai)],
      },
    },
    {
      apiVersion: 'mesh.isthmus.dev/v1alpha1',
      kind: 'RegionalTrafficPolicy',
      metadata: { name: 'mesh-wide', namespace: 'istio-system' },
      spec: { failover: { rules: [{ from: hangzhou, to: [shanghai] }] } },
    },
  ]
  writeFileSync(join(folder, 'mesh.yaml'), objects.map(o => JSON.stringify(o)).join('\n---\n'))
  const addresses = { xdsAddress: `127.0.0.1:${xds}`, apiAddress: `127.0.0.1:${api}` }
  const options = { ...addresses, config: folder, plaintext: true, redirect: 'uid', logLevel: 'error', name: 'test' }
  const stop = await serveDirectory(options, silentLog)
  t.after(stop)

  const config = bootstrap({
    kind: 'sidecar',
    cluster: '',
    namespace: 'default',
    pod: 'client-1',
    ip: '127.0.0.1',
    labels: {},
    workload: 'client',
    serviceAccount: 'default',
    network: '',
    domain: 'cluster.local',
    redirect: 'none',
    xdsAddress: `127.0.0.1:${xds}`,
    tls: false,
    tcpProbes: [],
  })
  Object.assign(config.node, { locality: { region: hangzhou } })
  config.admin.address.socket_address.port_value = 0 as never
  config.static_resources.listeners = []
  const args = ['--config-yaml', JSON.stringify(config), '--concurrency', '1', '--disable-hot-restart', '-l', 'error']
  const proxy = spawn(envoy, args, { stdio: 'ignore' })
  t.after(() => proxy.kill('SIGKILL'))

  const send = () =>
    new Promise<number>((resolve, reject) => {
      const headers = { host: 'reviews.default.svc.cluster.local' }
      const sent = request({ host: '127.0.0.1', port: service, headers, agent: false, timeout: 5_000 }, answer => {
        answer.resume()
        answer.on('end', () => resolve(answer.statusCode ?? 0))
      })
      sent.on('error', reject)
      sent.end()
    })
  const get = async (path: string) => (await (await fetch(`http://127.0.0.1:${api}/api/v1/${path}`)).json()) as Told
  const state = async () => (await get('regions')).regions?.find(r => r.region === hangzhou)
  const until = async (what: string, holds: () => Promise<boolean>) => {
    for (let i = 0; !(await holds()); i++) {
      if (i > 600) assert.fail(`${what}: ${JSON.stringify([await get('matrix'), await get('regions')])}`)
      await sleep(50)
    }
  }
  await until('served', async () => (await send().catch(() => 0)) === 200)
  await until('measured as normal', async () => {
    await send()
    const now = await state()
    return now?.state === 'normal' && now.basis === 'measured'
  })
  const { flows } = await get('matrix?service=reviews.default')
  assert.deepEqual(
    flows?.filter(f => f.measuredPercent !== undefined).map(f => [f.source, f.destination, f.measuredPercent]),
    [[hangzhou, hangzhou, 100]],
  )

  broken = true
  await until('failed over', async () => {
    await send()
    return (await state())?.state === 'failed over'
  })
  const lost = await state()
  assert.equal(lost?.basis, 'measured')
  assert.match(lost?.cause ?? '', /reviews\.default: 1 of 1 endpoints in cn-hangzhou .*measured .*to cn-shanghai/)
  const { events } = await get(`events?region=${hangzhou}`)
  assert.ok(events?.some(e => e.kind === 'region' && e.severity === 'error' && e.text.includes('failed over')))
})

interface Told {
  readonly regions?: readonly { region: string; state: string; basis: string; cause: string }[]
  readonly flows?: readonly { source: string; destination: string; measuredPercent?: number }[]
  readonly events?: readonly { kind: string; severity: string; text: string }[]
}
