import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { bootstrap } from '@isthmus/control-plane/bootstrap/index.ts'
import { systemClock } from '@isthmus/control-plane/runtime/index.ts'
import { Telemetry } from '@isthmus/control-plane/telemetry/index.ts'
import { LoadReporting, loadReportingPath } from '@isthmus/control-plane/xds/index.ts'
import { IsthmusError } from '@isthmus/errors'
import { envoyBinary } from '@isthmus/lab/binaries.ts'
import { freePort } from '../support/free-port.ts'
import { snapshotOf } from '../support/tiny-snapshot.ts'
import { TestXdsServer } from '../support/xds-server.ts'

const envoy = envoyBinary()
const host = 'reviews.default.svc.cluster.local'

/** Answers with `status()`, and counts what it answered by status. */
async function backend(t: TestContext, status: () => number) {
  const answered: Record<number, number> = {}
  const server = createServer((_request, response) => {
    answered[status()] = (answered[status()] ?? 0) + 1
    response.writeHead(status()).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, answered }
}

const endpoint = (port: number) => ({
  endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } },
})

test('a real gateway reports where its requests went; each is counted once, as it ended', {
  timeout: 60_000,
}, async t => {
  let healthy = true
  const [hz, sh, listen] = [
    await backend(t, () => (healthy ? 200 : 503)),
    await backend(t, () => 404),
    await freePort(),
  ]
  const telemetry = new Telemetry({
    now: () => Date.now(),
    intervalMs: () => reporting.intervalMs,
    regions: { regions: () => [], clusters: () => [], intents: () => [], servicesIn: () => 0 },
  })
  const reporting = new LoadReporting({
    clock: systemClock,
    intervalMs: 1_000,
    onReport: report => telemetry.report(report, 'hz', 'istio-ingressgateway'),
  })
  const shown: string[] = []
  const xds = new TestXdsServer(snapshotOf(), {
    authenticate: async (_headers, node) => {
      shown.push(node.pod)
      if (node.cluster !== 'ack-hangzhou') throw new IsthmusError('ISM3013', 'of another cluster')
    },
  })
  xds.server.register(loadReportingPath, reporting.method)
  await xds.listen()
  t.after(() => xds.close())

  const config = bootstrap({
    kind: 'router',
    cluster: 'ack-hangzhou',
    namespace: 'istio-system',
    pod: 'gateway-1',
    ip: '127.0.0.1',
    labels: {},
    workload: 'istio-ingressgateway',
    serviceAccount: 'default',
    network: '',
    domain: 'cluster.local',
    redirect: 'none',
    xdsAddress: `127.0.0.1:${xds.port}`,
    tls: false,
    tcpProbes: [],
  })
  config.admin.address.socket_address.port_value = 0 as never
  const [health] = config.static_resources.listeners
  const listener = structuredClone(health!)
  listener.name = 'web'
  listener.address.socket_address = { address: '127.0.0.1', port_value: listen }
  const manager = listener.filter_chains[0]!.filters[0]!.typed_config
  const cluster = `outbound|80||${host}`
  manager.route_config.virtual_hosts[0]!.routes = [{ match: { prefix: '/' }, route: { cluster } }]
  config.static_resources.listeners = [listener]
  config.static_resources.clusters.push({
    name: cluster,
    type: 'STATIC',
    connect_timeout: '1s',
    common_lb_config: { locality_weighted_lb_config: {} },
    load_assignment: {
      cluster_name: cluster,
      endpoints: [
        { locality: { region: 'hz', zone: 'hz-a' }, load_balancing_weight: 80, lb_endpoints: [endpoint(hz.port)] },
        { locality: { region: 'sh', zone: 'sh-b' }, load_balancing_weight: 20, lb_endpoints: [endpoint(sh.port)] },
      ],
    },
  } as never)
  const args = ['--config-yaml', JSON.stringify(config), '--concurrency', '1', '--disable-hot-restart', '-l', 'warn']
  const proxy = spawn(envoy, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  t.after(() => proxy.kill('SIGKILL'))
  let log = ''
  proxy.stderr.on('data', text => {
    log += text
  })

  const send = async (count: number) => {
    for (let i = 0; i < count; i++) await fetch(`http://127.0.0.1:${listen}/`).then(r => r.arrayBuffer())
  }
  for (let i = 0; reporting.reporters === 0; i++) {
    if (i > 200) assert.fail(`no proxy reports: ${log}`)
    await sleep(50)
  }
  for (let i = 0; ; i++) {
    try {
      await send(1)
      break
    } catch (error) {
      if (i > 200) throw error
      await sleep(50)
    }
  }
  await send(59)
  healthy = false
  await send(40)
  const rows = () =>
    telemetry
      .matrix({ service: host })
      .flows.map(({ source, destination, requests, errors }) => ({ source, destination, requests, errors }))
  const total = () => rows().reduce((n, r) => n + r.requests, 0)
  for (let i = 0; total() < 100; i++) {
    if (i > 200) assert.fail(`${JSON.stringify(rows())} ${log}`)
    await sleep(50)
  }
  await sleep(1_500)
  // Exactly what the backends saw; a 404 is an answer, a 503 a failure.
  const { 200: good = 0, 503: bad = 0 } = hz.answered
  assert.ok(good > 0 && bad > 0 && (sh.answered[404] ?? 0) > 0)
  assert.deepEqual(rows(), [
    { source: 'hz', destination: 'hz', requests: good + bad, errors: bad },
    { source: 'hz', destination: 'sh', requests: sh.answered[404], errors: 0 },
  ])
  assert.deepEqual(
    telemetry.senders().map(s => [s.cluster, s.gateway, s.region, s.requests]),
    [['ack-hangzhou', 'istio-system/istio-ingressgateway', 'hz', 100]],
  )
  assert.ok(Date.now() - (telemetry.load.newest ?? 0) < 3_000)
  // Discovery and load reports, each on a stream of its own, were both let in by the same check.
  assert.ok(shown.length >= 2)
})
