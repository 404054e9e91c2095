import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { statsMatcher } from '@isthmus/control-plane/bootstrap/stats.ts'
import { defaultMeshConfig, type Mesh, type MeshConfig, type ProxyView } from '@isthmus/control-plane/model/index.ts'
import { translate } from '@isthmus/control-plane/translate/index.ts'
import { freePort } from '../support/free-port.ts'
import { type Backend, backend, request } from '../translate/backend.ts'
import { assignments, bootstrapOf, run, scratch } from '../translate/envoy.ts'
import * as w from '../translate/world.ts'

const environment = {
  ISTIO_META_WORKLOAD_NAME: 'istio-ingressgateway',
  POD_NAMESPACE: 'istio-system',
  ISTIO_META_CLUSTER_ID: 'ack-hangzhou',
  ISTHMUS_REGION: 'cn-hangzhou',
}

/** A real proxy with a view's configuration, asked over its first HTTP listener. */
async function proxy(t: TestContext, view: ProxyView, m: Mesh, listener: string) {
  const at = scratch()
  const port = await freePort()
  // Envoy reads its environment once, as its pod's container has it.
  Object.assign(process.env, environment)
  t.after(() => {
    for (const name of Object.keys(environment)) delete process.env[name]
  })
  const translated = translate(view, m)
  const chosen = { ...translated, listeners: translated.listeners.filter(l => l.name === listener) }
  assert.equal(chosen.listeners.length, 1, translated.listeners.map(l => l.name).join())
  const bind = (l: Record<string, unknown>) => ({
    ...l,
    bindToPort: true,
    address: { socketAddress: { address: '127.0.0.1', portValue: port } },
  })
  const envoy = await run(at.dir, bootstrapOf(at.dir, chosen, assignments(view, m), bind))
  t.after(async () => {
    await envoy.stop()
    at[Symbol.dispose]()
  })
  const metrics = async (name: string) => {
    const text = await (await fetch(`http://${envoy.admin}/stats/prometheus`)).text()
    return text.split('\n').filter(line => line.startsWith(`envoy_${name}{`))
  }
  return { port, metrics }
}

function world(here: Backend, there: Backend, requestMetrics: MeshConfig['requestMetrics']): Mesh {
  const reviews = { namespace: 'default', workload: 'reviews-v1', labels: { app: 'reviews', version: 'v1' } }
  return w.mesh({
    config: { ...defaultMeshConfig, requestMetrics },
    services: [w.service('reviews')],
    endpoints: {
      reviews: [
        w.endpoint('127.0.0.1', here.port, reviews),
        w.endpoint('127.0.0.1', there.port, { ...reviews, locality: w.shanghai, cluster: 'ack-shanghai' }),
      ],
    },
    gateways: [
      w.gateway('web', [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }], {
        namespace: 'istio-system',
      }),
    ],
    virtualServices: [
      w.virtualService('web', {
        hosts: ['*'],
        gateways: ['istio-system/web'],
        http: [w.http({ route: [w.to('reviews')] })],
      }),
    ],
  })
}

test('a gateway counts its requests with the names and labels of Istio, and the region they went to', async t => {
  const [here, there] = [await backend('here'), await backend('there')]
  t.after(() => Promise.all([here.close(), there.close()]))
  const { port, metrics } = await proxy(t, w.gatewayView(), world(here, there, 'standard'), '0.0.0.0_80')
  for (let i = 0; i < 30; i++) await request(port, '/', { host: 'reviews' })
  const lines = await metrics('istio_requests_total')
  const common =
    'reporter="source",source_workload="istio-ingressgateway",source_workload_namespace="istio-system",source_cluster="ack-hangzhou",' +
    'destination_service="reviews.default.svc.cluster.local",destination_service_name="reviews",destination_service_namespace="default",'
  const line = (b: Backend, cluster: string, region: string) =>
    `envoy_istio_requests_total{${common}destination_peer="reviews-v1;default;reviews;v1;${cluster}",request_protocol="http",` +
    `response_code="200",response_flags="-",source_region="cn-hangzhou",destination_region="${region}"} ${b.requests.length}`
  const expected = [line(here, 'ack-hangzhou', 'cn-hangzhou'), line(there, 'ack-shanghai', 'cn-shanghai')]
  assert.deepEqual(lines.sort(), expected.sort())
  // Histograms come with the next flush.
  const counted = async () =>
    (await metrics('istio_request_duration_milliseconds_count')).reduce(
      (n, line) => n + Number(line.split(' ').at(-1)),
      0,
    )
  for (let i = 0; (await counted()) < 30; i++) {
    if (i > 100) assert.fail(`${await counted()} durations`)
    await sleep(100)
  }
  assert.equal(await counted(), 30)
})

test('a sidecar counts what its pod serves; what others are sent only where that is asked for; none of it where it is off', async t => {
  const [here, there] = [await backend('here'), await backend('there')]
  t.after(() => Promise.all([here.close(), there.close()]))
  const inbound = [
    {
      service: 'reviews.default.svc.cluster.local',
      servicePort: 9080,
      targetPort: here.port,
      name: 'http',
      protocol: 'HTTP' as const,
    },
  ]
  const loggers = (mode: MeshConfig['requestMetrics'], view: ProxyView) =>
    translate(view, world(here, there, mode))
      .listeners.filter(l =>
        JSON.stringify(l.message, (_k, v) =>
          v instanceof Uint8Array ? Buffer.from(v).toString('latin1') : typeof v === 'bigint' ? Number(v) : v,
        ).includes('istio_requests_total'),
      )
      .map(l => l.name)
  const sidecar = w.sidecar({ inbound })
  assert.deepEqual(loggers('standard', sidecar), ['virtualInbound'])
  assert.deepEqual(loggers('full', sidecar), ['0.0.0.0_9080', '172.16.0.10_9080', 'virtualInbound'])
  assert.deepEqual(loggers('none', sidecar), [])
  assert.deepEqual(loggers('none', w.gatewayView()), [])

  const outbound = await proxy(t, sidecar, world(here, there, 'full'), '172.16.0.10_9080')
  await request(outbound.port, '/', { host: 'reviews' })
  const [line] = await outbound.metrics('istio_requests_total')
  assert.match(
    line ?? '',
    /reporter="source".*destination_service="reviews\.default\.svc\.cluster\.local".*destination_region="cn-/,
  )
})

test('proxies keep these statistics', () => {
  assert.ok(statsMatcher.inclusion_list.patterns.some(p => 'contains' in p && p.contains === 'istio_'))
})

test('endpoints say which workload they are only to proxies that count by it', () => {
  const m = (requestMetrics: MeshConfig['requestMetrics']) =>
    w.mesh({
      config: { ...defaultMeshConfig, requestMetrics },
      services: [w.service('reviews')],
      endpoints: { reviews: [w.endpoint('10.0.0.1', 9080)] },
    })
  const named = (view: ProxyView, requestMetrics: MeshConfig['requestMetrics']) =>
    assignments(view, m(requestMetrics)).some(a => JSON.stringify(a).includes('workload'))
  assert.deepEqual(
    (['none', 'standard', 'full'] as const).map(metrics => named(w.gatewayView(), metrics)),
    [false, true, true],
  )
  assert.deepEqual(
    (['none', 'standard', 'full'] as const).map(metrics => named(w.sidecar(), metrics)),
    [false, false, true],
  )
})
