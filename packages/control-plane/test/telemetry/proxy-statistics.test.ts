import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { adminCluster, staticListeners } from '@isthmus/control-plane/bootstrap/static-listeners.ts'
import { type Ask, type AskableProxy, ProxyStatistics } from '@isthmus/control-plane/telemetry/index.ts'
import { quantile } from '@isthmus/control-plane/telemetry/latency.ts'
import { samples } from '@isthmus/control-plane/telemetry/prometheus-text.ts'
import { inTurn } from '@isthmus/control-plane/wiring/telemetry/statistics.ts'
import { envoyBinary } from '@isthmus/lab/binaries.ts'
import fc from 'fast-check'
import { freePort } from '../support/free-port.ts'

const host = 'reviews.default.svc.cluster.local'
const pods = (count: number): AskableProxy[] =>
  [...Array(count).keys()].map(i => ({ cluster: 'c1', namespace: 'default', pod: `p-${i}` }))

function statistics(ask: Ask, proxies: readonly AskableProxy[], now = () => 1_000) {
  return new ProxyStatistics({ now, ask, serving: () => proxies, sending: () => proxies })
}

describe('statistics of proxies', () => {
  test('codes by class and percentiles over all pods that answer; who does not is named, with why', async () => {
    const text = (n: number) => `# TYPE x counter
envoy_istio_requests_total{reporter="destination",destination_service="${host}",response_code="200"} ${n}
envoy_istio_requests_total{reporter="destination",destination_service="${host}",response_code="503"} 2
envoy_istio_requests_total{reporter="destination",destination_service="other",response_code="200"} 99
envoy_istio_requests_total{reporter="source",destination_service="${host}",response_code="200"} 99
envoy_istio_request_duration_milliseconds_bucket{reporter="destination",destination_service="${host}",le="10"} ${n}
envoy_istio_request_duration_milliseconds_bucket{reporter="destination",destination_service="${host}",le="100"} ${n + 2}
envoy_istio_request_duration_milliseconds_bucket{reporter="destination",destination_service="${host}",le="+Inf"} ${n + 2}
`
    const ask: Ask = async ({ pod }) => {
      if (pod === 'p-2') throw new Error('503: no route to host')
      return text(pod === 'p-0' ? 8 : 88)
    }
    const { percentiles, responseCodes, asked } = await statistics(ask, pods(3)).latency(host)
    assert.deepEqual(responseCodes, [
      { code: '2xx', requests: 96 },
      { code: '5xx', requests: 4 },
    ])
    const of = (percentile: number) => percentiles.find(p => p.percentile === percentile)?.milliseconds.toFixed(6)
    assert.equal(of(50), (10 * (50 / 96)).toFixed(6))
    assert.equal(of(99), (10 + 90 * (3 / 4)).toFixed(6))
    assert.deepEqual(asked, [
      { proxy: 'p-0.default' },
      { proxy: 'p-1.default' },
      { proxy: 'p-2.default', error: '503: no route to host' },
    ])
  })

  test('a bounded number at once and in all; asked again only after a while', async () => {
    let [running, most, calls, now] = [0, 0, 0, 0]
    const ask: Ask = async () => {
      calls++
      most = Math.max(most, ++running)
      await sleep(1)
      running--
      return ''
    }
    const s = statistics(ask, pods(500), () => now)
    const [a, b] = await Promise.all([s.latency(host), s.latency(host)])
    assert.equal(a, b)
    assert.equal(a.asked.length, 40)
    assert.equal(calls, 40)
    assert.ok(most <= 8)
    now = 5_000
    await s.latency(host)
    assert.equal(calls, 80)
  })

  test('a quantile lies within its bucket, and grows with its part', () => {
    const counts = fc.array(fc.nat(50), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 100 }), (list, percent) => {
        let sum = 0
        const buckets = list.map((n, i) => {
          sum += n
          return [i === list.length - 1 ? Number.POSITIVE_INFINITY : 2 ** i, sum] as const
        })
        const value = quantile(buckets, percent / 100)
        if (sum === 0) assert.equal(value, undefined)
        else {
          assert.ok(value !== undefined && value >= 0 && value <= 2 ** list.length)
          assert.ok(value <= (quantile(buckets, 1) ?? 0))
        }
      }),
    )
  })

  test("labels are read whatever is in them, as Prometheus' format has it", () => {
    const [sample] = samples('a_total{x="a\\"b,}=\\\\",y="2\\n"} 3 1700000000', ['_total'])
    assert.deepEqual(sample, { name: 'a_total', labels: { x: 'a"b,}=\\', y: '2\n' }, value: 3 })
    assert.deepEqual(samples('nonsense\n{}\na_total{x="1"} no\n', ['_total']), [])
  })

  test('regions take turns', () => {
    assert.deepEqual(
      inTurn(['a1', 'a2', 'a3', 'b1', 'c1'], s => s[0]!),
      ['a1', 'b1', 'c1', 'a2', 'a3'],
    )
  })
})

test('a real proxy tells on its metrics port whom it ejected, and nothing can be changed there', {
  timeout: 60_000,
}, async t => {
  const broken = createServer((_q, r) => r.writeHead(503).end()).listen(0, '127.0.0.1')
  await once(broken, 'listening')
  t.after(() => {
    broken.closeAllConnections()
    broken.close()
  })
  const [admin, metrics, web] = [await freePort(), await freePort(), await freePort()]
  const listeners = structuredClone(staticListeners([])) as { name: string; address: object; filter_chains: object[] }[]
  const at = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } })
  const metricsListener = listeners.find(l => l.name === 'isthmus-metrics')!
  metricsListener.address = at(metrics)
  const webListener = structuredClone(metricsListener)
  webListener.name = 'web'
  webListener.address = at(web)
  const cluster = `outbound|9080||${host}`
  const [filter] = (webListener.filter_chains[0] as { filters: { typed_config: { route_config: unknown } }[] }).filters
  filter!.typed_config.route_config = {
    virtual_hosts: [{ name: 'w', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster } }] }],
  }
  const adminAt = structuredClone(adminCluster) as { load_assignment: { endpoints: object[] } }
  adminAt.load_assignment.endpoints = [{ lb_endpoints: [{ endpoint: { address: at(admin) } }] }]
  const port = (broken.address() as AddressInfo).port
  const config = {
    admin: { address: at(admin) },
    stats_config: {
      use_all_default_tags: false,
      stats_tags: [{ tag_name: 'cluster_name', regex: '^cluster\\.((.+?(\\..+?\\.svc\\.cluster\\.local)?)\\.)' }],
    },
    static_resources: {
      listeners: [metricsListener, webListener],
      clusters: [
        adminAt,
        {
          name: cluster,
          type: 'STATIC',
          outlier_detection: {
            consecutive_5xx: 1,
            max_ejection_percent: 100,
            base_ejection_time: '60s',
            interval: '60s',
          },
          load_assignment: {
            cluster_name: cluster,
            endpoints: [{ locality: { region: 'cn-hangzhou' }, lb_endpoints: [{ endpoint: { address: at(port) } }] }],
          },
        },
      ],
    },
  }
  const args = ['--config-yaml', JSON.stringify(config), '--concurrency', '1', '--disable-hot-restart', '-l', 'error']
  const envoy = spawn(envoyBinary(), args, { stdio: 'ignore' })
  t.after(() => envoy.kill('SIGKILL'))
  const url = (path: string) => `http://127.0.0.1:${metrics}${path}`
  for (let i = 0; ; i++) {
    try {
      await fetch(url('/stats/prometheus'))
      break
    } catch (error) {
      if (i > 200) throw error
      await sleep(50)
    }
  }
  const ask: Ask = async (_proxy, path) => {
    const response = await fetch(url(path))
    assert.equal(response.status, 200, path)
    return response.text()
  }
  let now = 0
  const s = statistics(ask, pods(1), () => now)
  assert.deepEqual((await s.ejections(host)).ejected, [])
  await fetch(`http://127.0.0.1:${web}/`).then(r => r.arrayBuffer())
  for (let i = 0; ; i++) {
    now += 10_000
    const { ejected } = await s.ejections(host)
    if (ejected.length > 0) {
      assert.deepEqual(ejected, [
        { proxy: 'p-0.default', address: `127.0.0.1:${port}`, region: 'cn-hangzhou', cluster },
      ])
      break
    }
    if (i > 100) assert.fail('nothing ejected')
    await sleep(50)
  }
  assert.deepEqual((await s.ejections('ratings.default.svc.cluster.local')).ejected, [])
  const status = async (path: string, method = 'GET') => (await fetch(url(path), { method })).status
  for (const path of ['/quitquitquit', '/config_dump', '/clusters/x', '/stats', '/logging?level=debug', '/', '/certs'])
    assert.deepEqual([path, await status(path), await status(path, 'POST')], [path, 404, 404])
  assert.deepEqual([await status('/clusters', 'POST'), await status('/stats/prometheus', 'POST')], [404, 404])
})
