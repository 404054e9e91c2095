import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeResource } from '@isthmus/control-plane/snapshot/encode.ts'
import { envoyBinary } from '@isthmus/lab/binaries.ts'
import { freePort } from '../support/free-port.ts'
import {
  clusterMessage,
  endpointsMessage,
  listenerMessage,
  routeMessage,
  service,
  snapshotOf,
  typeUrls,
} from '../support/tiny-snapshot.ts'
import { TestXdsServer } from '../support/xds-server.ts'

const envoy = envoyBinary()

/** A real Envoy with nothing but the address of its control plane. */
class RealEnvoy {
  readonly #folder = mkdtempSync(join(tmpdir(), 'isthmus-envoy-'))
  readonly #child: ChildProcess
  log = ''

  constructor(mode: 'delta' | 'sotw', xdsPort: number) {
    const config = join(this.#folder, 'envoy.json')
    writeFileSync(config, JSON.stringify(bootstrap(mode, xdsPort)))
    this.#child = spawn(envoy, ['-c', config, '--concurrency', '1', '--disable-hot-restart', '-l', 'warn'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child.stderr?.on('data', (text: Buffer) => {
      this.log += text
    })
  }

  async stop(): Promise<void> {
    const gone = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await gone
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function bootstrap(mode: 'delta' | 'sotw', xdsPort: number) {
  const address = { socket_address: { address: '127.0.0.1', port_value: xdsPort } }
  return {
    node: {
      id: `sidecar~127.0.0.1~${mode}-1.default~default.svc.cluster.local`,
      cluster: 'app.default',
      metadata: { CLUSTER_ID: 'c1', NAMESPACE: 'default', LABELS: { app: 'x' } },
    },
    dynamic_resources: {
      cds_config: { ads: {}, resource_api_version: 'V3' },
      lds_config: { ads: {}, resource_api_version: 'V3' },
      ads_config: {
        api_type: mode === 'delta' ? 'DELTA_GRPC' : 'GRPC',
        transport_api_version: 'V3',
        set_node_on_first_message_only: true,
        grpc_services: [{ envoy_grpc: { cluster_name: 'xds' } }],
      },
    },
    static_resources: {
      clusters: [
        {
          name: 'xds',
          type: 'STATIC',
          connect_timeout: '1s',
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
              '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
              explicit_http_config: { http2_protocol_options: {} },
            },
          },
          load_assignment: { cluster_name: 'xds', endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
        },
      ],
    },
  }
}

async function answerOf(port: number, path = '/'): Promise<string> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      signal: AbortSignal.timeout(2_000),
      headers: { connection: 'close' },
    })
    return response.status === 200 ? await response.text() : String(response.status)
  } catch {
    return 'nothing'
  }
}

async function becomes(get: () => Promise<string>, wanted: string, what: () => string): Promise<void> {
  for (let i = 0, got = ''; got !== wanted; i++) {
    if (i > 200) assert.fail(`${wanted} expected, ${got} seen; ${what()}`)
    if (i > 0) await sleep(50)
    got = await get()
  }
}

for (const mode of ['delta', 'sotw'] as const) {
  describe(`a real Envoy, ${mode}`, () => {
    const backends: Server[] = []
    const ports: number[] = []
    let xds: TestXdsServer
    let proxy: RealEnvoy
    let listen = 0

    before(async () => {
      for (const name of ['one', 'two', 'three']) {
        const server = createServer((_request, response) => response.end(name))
        await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
        backends.push(server)
        ports.push((server.address() as AddressInfo).port)
      }
      listen = await freePort()
      xds = await new TestXdsServer(
        snapshotOf(
          ...service('a', [ports[0]!]),
          listenerMessage('web', listen, 'web-routes'),
          routeMessage('web-routes', { '*': 'a' }),
        ),
      ).listen()
      proxy = new RealEnvoy(mode, xds.port)
    })
    after(async () => {
      await proxy?.stop()
      await xds?.close()
      for (const server of backends) server.close()
    })

    const status = () => xds.server.proxies()[0]
    const story = () => JSON.stringify(status(), undefined, 1) + proxy.log
    const inStep = () => becomes(async () => String(status()?.inStep), 'true', story)

    test('takes its configuration and serves', async () => {
      await becomes(() => answerOf(listen), 'one', story)
      await inStep()
      assert.equal(status()?.node.kind, 'sidecar')
      assert.equal(status()?.mode, mode)
    })

    test('follows endpoints', async () => {
      xds.change([encodeResource(endpointsMessage('a', [ports[1]!]))])
      await becomes(() => answerOf(listen), 'two', story)
      await inStep()
    })

    test('a cluster that changes gets its endpoints again and does not hang', async () => {
      xds.change([encodeResource(clusterMessage('a', 3))])
      await inStep()
      xds.change([encodeResource(endpointsMessage('a', [ports[0]!]))])
      await becomes(() => answerOf(listen), 'one', story)
    })

    test('moves to another cluster without a failed request', async () => {
      const seen = new Map<string, number>()
      let stop = false
      const load = (async () => {
        while (!stop) {
          const answer = await answerOf(listen)
          seen.set(answer, (seen.get(answer) ?? 0) + 1)
        }
      })()
      for (let i = 0; i < 10; i++) {
        const [from, to] = i % 2 === 0 ? ['a', 'b'] : ['b', 'a']
        const port = ports[i % 2 === 0 ? 2 : 0]!
        const fresh = [...service(to, [port]), routeMessage('web-routes', { '*': to })].map(t => encodeResource(t))
        xds.change(
          fresh,
          service(from, []).map(t => encodeResource(t)),
        )
        await becomes(() => answerOf(listen), i % 2 === 0 ? 'three' : 'one', story)
        await inStep()
      }
      stop = true
      await load
      assert.deepEqual([...seen.keys()].sort(), ['one', 'three'], story())
    })

    test('what it refuses is told with its words; the rest flows on', async () => {
      // Two listeners on one address: within Envoy's field rules, and yet refused.
      const twin = listenerMessage('twin', listen, 'web-routes')
      xds.change([twin, endpointsMessage('a', [ports[1]!])].map(t => encodeResource(t)))
      await becomes(() => answerOf(listen), 'two', story)
      const refusal = () => xds.events.findLast(e => e.kind === 'nack')
      await becomes(async () => String(refusal()?.kind === 'nack' && refusal()?.typeUrl), typeUrls.listener, story)
      const told = refusal()
      assert.ok(told?.kind === 'nack')
      assert.match(told.nack.words, /twin/)
      assert.deepEqual(
        told.nack.resources.map(r => r.name),
        ['twin'],
      )
      assert.equal(await answerOf(listen), 'two')
      xds.change([], [encodeResource(twin)])
      await inStep()
    })

    test('a broken stream is picked up where it was', async () => {
      await xds.server.close()
      assert.equal(await answerOf(listen), 'two')
      const again = new TestXdsServer(xds.snapshot)
      again.change([encodeResource(endpointsMessage('a', [ports[2]!]))])
      await again.server.listen(xds.port, '127.0.0.1')
      again.port = xds.port
      xds = again
      await becomes(() => answerOf(listen), 'three', story)
      await inStep()
      assert.equal(xds.events.filter(e => e.kind === 'nack').length, 0)
    })
  })
}
