import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  type BootstrapOptions,
  bootstrap,
  parseAddress,
  proxyArguments,
  trustFiles,
} from '@isthmus/control-plane/bootstrap/index.ts'
import { createCertificateAuthority } from '@isthmus/control-plane/identity/index.ts'
import { envoyBinary } from '@isthmus/lab/binaries.ts'

const options: BootstrapOptions = {
  kind: 'sidecar',
  cluster: 'ack-hangzhou',
  namespace: 'default',
  pod: '$(POD_NAME)',
  ip: '$(INSTANCE_IP)',
  labels: { app: 'reviews', version: 'v1' },
  workload: 'reviews-v1',
  serviceAccount: 'bookinfo-reviews',
  network: '',
  domain: 'cluster.local',
  redirect: 'uid',
  xdsAddress: '192.168.0.1:15012',
  tls: true,
  tcpProbes: [],
}

test('a node is named as Istio names it, and its locality is left to the control plane', () => {
  const { node } = bootstrap({ ...options, pod: 'reviews-v1-1', ip: '10.0.0.7' })
  assert.equal(node.id, 'sidecar~10.0.0.7~reviews-v1-1.default~default.svc.cluster.local')
  assert.equal(node.cluster, 'reviews-v1.default')
  assert.equal(node.metadata.CLUSTER_ID, 'ack-hangzhou')
  assert.ok(!('locality' in node))
})

test('what the kubelet fills in is a reference in the arguments, never a fixed value', () => {
  const args = proxyArguments(options).join(' ')
  assert.match(args, /sidecar~\$\(INSTANCE_IP\)~\$\(POD_NAME\)\.default/)
  assert.match(args, /--concurrency 1/)
})

test('only in mark mode do sockets carry the mark, and then those of every cluster', () => {
  assert.doesNotMatch(JSON.stringify(bootstrap(options).cluster_manager), /socket_options/)
  assert.match(JSON.stringify(bootstrap({ ...options, redirect: 'mark' }).cluster_manager), /"int_value":1337/)
})

test('an address that is not HOST:PORT is refused with its text', () => {
  assert.deepEqual(parseAddress('[fd00::1]:15012'), { host: 'fd00::1', port: 15012 })
  assert.throws(() => parseAddress('192.168.0.1'), /"192.168.0.1" is not HOST:PORT/)
  assert.throws(() => parseAddress('h:99999'), /not HOST:PORT/)
})

const envoy = envoyBinary()

for (const [name, change] of Object.entries<Partial<BootstrapOptions>>({
  sidecar: {},
  'sidecar in mark mode with a tcp probe': { redirect: 'mark', tcpProbes: [9080] },
  gateway: { kind: 'router', xdsAddress: 'istiod.istio-system.svc:15012' },
  'without TLS': { tls: false, xdsAddress: '127.0.0.1:15010' },
})) {
  test(`the real Envoy accepts the bootstrap of a ${name}`, async t => {
    const folder = mkdtempSync(join(tmpdir(), 'isthmus-bootstrap-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    mkdirSync(join(folder, 'tokens'))
    writeFileSync(join(folder, 'tokens', 'istio-token'), 'token')
    const authority = await createCertificateAuthority({ now: Date.now() })
    const files = trustFiles(authority.certificate, {
      tokens: join(folder, 'tokens'),
      token: 'istio-token',
    })
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text)
    const config = bootstrap({ ...options, ...change, ip: '127.0.0.1', pod: 'p', trustPath: folder })
    const run = spawnSync(envoy, ['--mode', 'validate', '--config-yaml', JSON.stringify(config)], { encoding: 'utf8' })
    assert.equal(run.status, 0, run.stderr)
    assert.doesNotMatch(run.stderr, /deprecated/i)
  })
}
