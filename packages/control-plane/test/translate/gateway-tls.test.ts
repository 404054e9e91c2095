import assert from 'node:assert/strict'
import https from 'node:https'
import { after, before, test } from 'node:test'
import type { GatewayServer } from '../../src/model/index.ts'
import { translate } from '../../src/translate/index.ts'
import { freePort } from '../support/free-port.ts'
import { type Backend, backend, request } from './backend.ts'
import { authority } from './certificates.ts'
import { assignments, bootstrapOf, type RunningEnvoy, run, scratch } from './envoy.ts'
import { endpoint, gateway, gatewayView, http, mesh, service, to, virtualService } from './world.ts'

/* HTTPS at a gateway on the real Envoy: two hosts told apart by SNI, one of which wants a client certificate. */

const at = scratch()
const ca = await authority()
const client = await ca.issue('client.example')
let envoy: RunningEnvoy
let shop: Backend
let secure = 0
let plain = 0

before(async () => {
  shop = await backend('shop')
  secure = await freePort()
  plain = await freePort()
  const bind = '127.0.0.1'
  const server = (host: string, mode: 'SIMPLE' | 'MUTUAL'): GatewayServer => ({
    port: { number: secure, name: `https-${mode.toLowerCase()}`, protocol: 'HTTPS' },
    hosts: [host],
    bind,
    tls: { httpsRedirect: false, mode, credentialName: host.replace('.', '-') },
  })
  const credential = async (host: string) =>
    [`istio-system/${host.replace('.', '-')}`, { ...(await ca.issue(host)), caCertificate: ca.certificate }] as const
  const m = mesh({
    services: [service('shop')],
    endpoints: { shop: [endpoint('127.0.0.1', shop.port)] },
    credentials: new Map([await credential('simple.example'), await credential('mutual.example')]),
    gateways: [
      gateway('edge', [
        server('simple.example', 'SIMPLE'),
        server('mutual.example', 'MUTUAL'),
        server('missing.example', 'SIMPLE'),
        {
          port: { number: plain, name: 'http', protocol: 'HTTP' },
          hosts: ['*.example'],
          bind,
          tls: { httpsRedirect: true, mode: 'SIMPLE' },
        },
      ]),
    ],
    virtualServices: [
      virtualService('shop', {
        hosts: ['*.example'],
        gateways: ['default/edge'],
        http: [http({ route: [to('shop')] })],
      }),
    ],
  })
  const view = gatewayView()
  envoy = await run(at.dir, bootstrapOf(at.dir, translate(view, m), assignments(view, m)))
})

after(async () => {
  await envoy?.stop()
  await shop.close()
  at[Symbol.dispose]()
})

function get(host: string, more: https.RequestOptions = {}): Promise<string> {
  const options = {
    host: '127.0.0.1',
    port: secure,
    servername: host,
    headers: { host },
    ca: ca.certificate,
    agent: false,
  }
  return new Promise((resolve, reject) => {
    https
      .get({ ...options, timeout: 10_000, ...more }, response => {
        let body = ''
        response.on('data', chunk => {
          body += chunk
        })
        response.on('end', () => resolve(`${response.statusCode} ${body}`))
      })
      .on('error', reject)
  })
}

test('SIMPLE: the certificate of the host that SNI names, and the host behind it is told it was HTTPS', async () => {
  assert.equal(await get('simple.example'), '200 shop')
  assert.equal(shop.requests.at(-1)!.headers['x-forwarded-proto'], 'https')
})

test('MUTUAL: only with a certificate of the authority', async () => {
  await assert.rejects(get('mutual.example'))
  assert.equal(await get('mutual.example', { cert: client.certificate, key: client.key }), '200 shop')
})

test('a host whose credential is missing is refused, the others are served', async () => {
  await assert.rejects(get('missing.example'))
  assert.equal(await get('simple.example'), '200 shop')
})

test('httpsRedirect', async () => {
  const reply = await request(plain, '/cart', { host: 'simple.example' })
  assert.equal(reply.status, 301)
  assert.equal(reply.headers.location, 'https://simple.example/cart')
})
