import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { RegionalTrafficPolicy } from '../../src/model/index.ts'
import { translate } from '../../src/translate/index.ts'
import { freePort } from '../support/free-port.ts'
import { type Backend, backend, request } from './backend.ts'
import { assignments, bootstrapOf, type RunningEnvoy, run, scratch } from './envoy.ts'
import { endpoint, gateway, gatewayView, http, mesh, origin, service, shanghai, to, virtualService } from './world.ts'

/* Both policies at once on the real Envoy: Hangzhou's gateway sends 10% to Shanghai, and all when Hangzhou is lost. */

const at = scratch()
let envoy: RunningEnvoy
let here: Backend
let there: Backend
let port = 0

const both: RegionalTrafficPolicy = {
  name: 'default',
  namespace: 'istio-system',
  createdAt: 0,
  exportTo: ['*'],
  origin: origin('RegionalTrafficPolicy', 'default', 'istio-system'),
  services: [],
  failover: { enabled: true, rules: [{ from: 'cn-hangzhou', to: ['cn-shanghai'], only: false }] },
  distribution: { enabled: true, at: 'entry', rules: [{ from: 'cn-hangzhou', to: { 'cn-shanghai': 10 } }] },
}

before(async () => {
  here = await backend('here')
  there = await backend('there')
  port = await freePort()
  const m = mesh({
    services: [service('productpage')],
    endpoints: {
      productpage: [
        endpoint('127.0.0.1', here.port),
        endpoint('127.0.0.1', there.port, { locality: shanghai, cluster: 'ack-shanghai' }),
      ],
    },
    gateways: [
      gateway('edge', [{ port: { number: port, name: 'http', protocol: 'HTTP' }, hosts: ['*'], bind: '127.0.0.1' }]),
    ],
    virtualServices: [
      virtualService('edge', {
        hosts: ['*'],
        gateways: ['default/edge'],
        http: [http({ route: [to('productpage')] })],
      }),
    ],
    regionalPolicies: [both],
  })
  const view = gatewayView()
  envoy = await run(at.dir, bootstrapOf(at.dir, translate(view, m), assignments(view, m)))
})

after(async () => {
  await envoy?.stop()
  await Promise.all([here, there].map(b => b.close()))
  at[Symbol.dispose]()
})

async function share(requests: number) {
  let far = 0
  for (let i = 0; i < requests; i++) {
    const reply = await request(port, '/')
    assert.equal(reply.status, 200)
    if (reply.body === 'there') far++
  }
  return far
}

test('one request in ten goes to the other region, exactly', async () => {
  assert.equal(await share(10), 1)
  assert.equal(await share(100), 10)
})

test('when this region breaks, the other takes all, and no request fails', async () => {
  here.answer = () => 503
  assert.ok((await share(20)) >= 19)
  assert.equal(await share(20), 20)
})
