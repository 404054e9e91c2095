import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { EventList, Overview, Session } from '@isthmus/api'
import {
  type CertificateAuthority,
  createCertificateAuthority,
  issueServerCertificate,
} from '@isthmus/control-plane/identity/index.ts'
import { parse, stringify } from 'yaml'
import { ApiWorld } from './api/world.ts'
import { freePort } from './support/api-server.ts'
import { isthmus } from './support/command.ts'
import { serve } from './support/serve.ts'

/* `isthmus serve` with a certificate of the operator's own, and the command speaking to it over HTTPS. */

const dir = mkdtempSync(join(tmpdir(), 'isthmus-https-'))
const files = {
  kubeconfig: join(dir, 'kubeconfig'),
  cert: join(dir, 'tls.crt'),
  key: join(dir, 'tls.key'),
  ca: join(dir, 'ca.crt'),
  otherCa: join(dir, 'other-ca.crt'),
}
let world: ApiWorld
let authority: CertificateAuthority
/** Under the name that the certificate has, and under one that it has not. */
let named = ''
let numbered = ''

before(
  async () => {
    const now = Date.now()
    authority = await createCertificateAuthority({ now })
    const { certificate, privateKey } = await issueServerCertificate(authority, { names: ['localhost'], now })
    writeFileSync(files.cert, certificate)
    writeFileSync(files.key, privateKey)
    writeFileSync(files.ca, authority.certificate)
    writeFileSync(files.otherCa, (await createCertificateAuthority({ now })).certificate)
    world = await ApiWorld.open(async ({ dir: own, meshApi }) => {
      writeFileSync(files.kubeconfig, meshApi.adminKubeconfig(meshApi.url))
      const serving = await serve([
        ...['--kubeconfig', files.kubeconfig, '--xds-address', '127.0.0.1:0', '--advertise', '127.0.0.1'],
        ...['--webhook-address', `127.0.0.1:${await freePort()}`, '--state-dir', join(own, 'state')],
        ...['--api-address', '127.0.0.1:0', '--api-tls-cert', files.cert, '--api-tls-key', files.key],
      ])
      numbered = serving.api
      named = numbered.replace('127.0.0.1', 'localhost')
      return { port: Number(new URL(numbered).port), stop: serving.stop }
    })
  },
  { timeout: 180_000 },
)

after(async () => {
  await world?.close()
  rmSync(dir, { recursive: true, force: true })
})

test('it serves the certificate it was given, and nothing in plain text', async () => {
  assert.match(numbered, /^https:/)
  const overview = await get<Overview>('/api/v1/overview', {
    authorization: `Bearer ${await world.tokenOf('isthmus-viewer')}`,
  })
  assert.equal(overview.status, 200)
  await assert.rejects(fetch(named.replace('https:', 'http:')))
})

test('the command works with the right authority: from a file, or from the kubeconfig', async () => {
  const ways: Record<string, string>[] = [
    { KUBECONFIG: files.kubeconfig, ISTHMUS_API: named, ISTHMUS_API_CA: files.ca },
    { KUBECONFIG: write('with-ca', pointing({ server: `${named}/`, ca: authority.certificate })) },
  ]
  for (const env of ways) {
    for (const args of [
      ['region', 'status'],
      ['region', 'show'],
      ['proxy', 'status'],
      ['events'],
      ['cluster', 'list'],
    ]) {
      const ran = await isthmus(args, env)
      assert.equal(ran.code, 0, `${args}: ${ran.err}`)
      assert.equal(ran.err, '')
    }
    const events = JSON.parse((await isthmus(['events', '-o', 'json'], env)).out) as EventList['events']
    assert.ok(events.every(e => e.at > 0))
  }
})

test('`isthmus console` gives a link whose code signs in, over the same connection', async () => {
  const ran = await isthmus(['console', '--as', 'viewer', '--no-open', '-o', 'json'], {
    ...{ KUBECONFIG: files.kubeconfig, ISTHMUS_API: named, ISTHMUS_API_CA: files.ca },
  })
  assert.equal(ran.code, 0, ran.err)
  const { url } = JSON.parse(ran.out) as { url: string }
  assert.ok(url.startsWith(`${named}/sign-in#`), url)
  const signedIn = await send<Session>('POST', '/api/v1/session/link', { code: new URL(url).hash.slice(1) })
  assert.match(signedIn.body.user, /isthmus-viewer$/)
})

test('`isthmus events --follow` holds a stream over it', async () => {
  const env = { ...process.env, KUBECONFIG: files.kubeconfig, ISTHMUS_API: named, ISTHMUS_API_CA: files.ca }
  const program = new URL('../../packages/cli/src/main.ts', import.meta.url).pathname
  const follow = spawn(process.execPath, [program, 'events', '--follow'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  follow.stdout.on('data', chunk => (said += chunk))
  follow.stderr.on('data', chunk => (said += chunk))
  const policy = {
    apiVersion: 'mesh.isthmus.dev/v1alpha1',
    kind: 'RegionalTrafficPolicy',
    metadata: { name: 'mesh-wide', namespace: 'istio-system' },
    spec: { failover: { enabled: true, rules: [{ from: 'cn-hangzhou', to: ['cn-shanghai'] }] } },
  }
  await world.mesh.apply([policy])
  const end = Date.now() + 30_000
  while (!/mesh-wide/.test(said) && Date.now() < end) await new Promise(resolve => setTimeout(resolve, 100))
  follow.kill()
  await once(follow, 'exit')
  assert.match(said, /policy +.*mesh-wide/)
})

test('a certificate that is not trusted, or not for that name, is said to be that, with what mends it', async () => {
  const env = { KUBECONFIG: files.kubeconfig }
  const empty = write('empty', '')
  for (const [more, words] of [
    [{ ISTHMUS_API: named }, /ISM2128 .*unable to verify|ISM2128 .*self-signed/],
    [{ ISTHMUS_API: named, ISTHMUS_API_CA: files.otherCa }, /ISM2128 /],
    [{ ISTHMUS_API: numbered, ISTHMUS_API_CA: files.ca }, /ISM2128 .*127\.0\.0\.1 is not in the cert's list/],
    [{ ISTHMUS_API: named, ISTHMUS_API_CA: join(dir, 'nowhere') }, /ISM2128 .*ISTHMUS_API_CA: .*nowhere/],
    [{ ISTHMUS_API: named, ISTHMUS_API_CA: files.key }, /ISM2128 .*ISTHMUS_API_CA: .*tls\.key holds no certificate/],
    [{ ISTHMUS_API: named, ISTHMUS_API_CA: empty }, /ISM2128 .*ISTHMUS_API_CA: .*holds no certificate/],
    [{ ISTHMUS_API: named.replace('https:', 'http:') }, /ISM2121 /],
    [
      { KUBECONFIG: write('wrong-ca', pointing({ server: named, ca: 'not a certificate' })) },
      /ISM2128 .*certificate-authority-data/,
    ],
  ] as const)
    for (const args of [
      ['region', 'status'],
      ['events', '--follow'],
      ['console', '--no-open'],
      ['proxy', 'status'],
    ]) {
      const ran = await isthmus(args, { ...env, ...more })
      assert.equal(ran.code, 1, `${args}: ${ran.out}`)
      assert.match(ran.err, words, `${args} ${JSON.stringify(more)}`)
      assert.match(ran.err, /ISTHMUS_API_CA|Check that the control plane runs/)
      assert.doesNotMatch(ran.err, /\n +at /, 'no stack for a person to read')
    }
})

test('a control plane whose certificate is no good ends, and says why', async () => {
  const start = (...args: string[]) =>
    serve(['--config', dir, '--plaintext', '--xds-address', '127.0.0.1:0', '--api-address', '127.0.0.1:0', ...args])
  await assert.rejects(start('--api-tls-cert', files.cert), /ended with 1: [\s\S]*ISM5004/)
  await assert.rejects(
    start('--api-tls-cert', files.otherCa, '--api-tls-key', files.key),
    /ended with 1: [\s\S]*ISM5114/,
  )
  await assert.rejects(
    start('--api-tls-cert', files.ca, '--api-tls-key', join(dir, 'no')),
    /ended with 1: [\s\S]*ISM5114/,
  )
})

/** The mesh API's, as context `mesh`, which says where the control plane's own is. */
function pointing(api: { server: string; ca: string }): string {
  const config = parse(world.meshApi.adminKubeconfig(world.meshApi.url))
  const extension = { server: api.server, 'certificate-authority-data': Buffer.from(api.ca).toString('base64') }
  config.clusters[0].cluster.extensions = [{ name: 'isthmus.dev/api', extension }]
  return stringify(config)
}

function write(name: string, text: string): string {
  const file = join(dir, name)
  writeFileSync(file, text)
  return file
}

const get = <T>(path: string, headers: Record<string, string> = {}) => send<T>('GET', path, undefined, headers)

function send<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; text: string; body: T }>((resolve, reject) => {
    const sent = request(new URL(path, named), { method, headers, ca: authority.certificate }, response => {
      let text = ''
      response.on('data', chunk => (text += chunk))
      response.on('end', () => {
        const json = response.headers['content-type'] === 'application/json'
        resolve({ status: response.statusCode ?? 0, text, body: (json ? JSON.parse(text) : undefined) as T })
      })
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
