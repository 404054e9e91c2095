import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createSecureServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { bootstrap, controlPlaneName, trustFiles } from '@isthmus/control-plane/bootstrap/index.ts'
import { createCertificateAuthority, issueServerCertificate } from '@isthmus/control-plane/identity/index.ts'
import { envoyBinary } from '@isthmus/lab/binaries.ts'

const envoy = envoyBinary()

/** Each discovery stream's authorization header and path, in the order they were opened; those of load reports apart. */
function recorder() {
  const seen: { path: string; authorization: string }[] = []
  const loads: string[] = []
  const waiting: { want: number; done: () => void }[] = []
  return {
    seen,
    loads,
    onStream(stream: ServerHttp2Stream, headers: Record<string, unknown>) {
      const [path, authorization] = [String(headers[':path']), String(headers.authorization)]
      if (path.endsWith('/StreamLoadStats')) loads.push(authorization)
      else seen.push({ path, authorization })
      stream.on('error', () => {})
      // Unavailable: Envoy opens another stream after its back-off.
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '14' }, { endStream: true })
      for (const w of waiting) if (seen.length >= w.want) w.done()
    },
    atLeast: (want: number) => new Promise<void>(done => (seen.length >= want ? done() : waiting.push({ want, done }))),
  }
}

test('a proxy checks the control plane, shows its token, and shows the new one after it rotated', {
  timeout: 60_000,
}, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-connection-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const tokens = join(folder, 'tokens')
  mkdirSync(tokens)
  writeFileSync(join(tokens, 'istio-token'), 'first\n')
  const authority = await createCertificateAuthority({ now: Date.now() })
  for (const [file, text] of Object.entries(trustFiles(authority.certificate, { tokens, token: 'istio-token' })))
    writeFileSync(join(folder, file), text)

  const leaf = await issueServerCertificate(authority, { names: [controlPlaneName, '127.0.0.1'], now: Date.now() })
  const streams = recorder()
  const server = createSecureServer({ cert: leaf.certificate, key: leaf.privateKey })
  server.on('stream', streams.onStream)
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())

  const config = bootstrap({
    kind: 'sidecar',
    cluster: 'ack-hangzhou',
    namespace: 'default',
    pod: 'reviews-1',
    ip: '127.0.0.1',
    labels: {},
    workload: 'reviews',
    serviceAccount: 'default',
    network: '',
    domain: 'cluster.local',
    redirect: 'uid',
    xdsAddress: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    tls: true,
    tcpProbes: [],
    trustPath: folder,
  })
  config.admin.address.socket_address.port_value = 0 as never
  config.static_resources.listeners = []
  const proxy = spawn(envoy, ['--config-yaml', JSON.stringify(config), '--disable-hot-restart', '--log-level', 'off'])
  t.after(() => proxy.kill('SIGKILL'))

  await streams.atLeast(1)
  assert.deepEqual(streams.seen[0], {
    path: '/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources',
    authorization: 'Bearer first',
  })
  writeFileSync(join(tokens, 'next'), 'second\n')
  renameSync(join(tokens, 'next'), join(tokens, 'istio-token'))
  while (streams.seen.at(-1)?.authorization !== 'Bearer second') await streams.atLeast(streams.seen.length + 1)
  assert.equal(streams.loads[0], 'Bearer first', 'load reports show the token too')
})
