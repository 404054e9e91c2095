import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { conclude, type DiagnosisContext, diagnose, type Obstacle } from '@isthmus/control-plane/members/index.ts'
import type { Symptoms } from '@isthmus/control-plane/members/symptoms.ts'
import { KubeClient } from '@isthmus/kubernetes'

const facts = {
  version: 'v1.35.4',
  nodes: 2,
  regions: ['cn-shanghai'],
  unlabelled: [],
  podCIDRs: ['10.1.0.0/24', '10.1.1.0/24'],
  serviceCIDRs: ['172.17.0.0/16'],
}

const well: Symptoms = {
  server: 'https://21.0.0.1:6443',
  host: '21.0.0.1',
  address: '21.0.0.1',
  port: 6443,
  tcp: { kind: 'connected', detail: '' },
  tls: { kind: 'done', detail: '' },
  api: { kind: 'answered', detail: '' },
  missingPermissions: [],
  facts,
}

const context: DiagnosisContext = { others: [], inventory: false }
const timeout = { kind: 'timeout', detail: 'no answer within 5 s' } as const
const tlsTimeout = { kind: 'timeout', detail: 'TLS not complete within 5 s' } as const
const noBandwidth: Obstacle = { check: 'BandwidthAvailable', code: 'ISM4003', message: 'no bandwidth plan' }

test('a cluster with nothing wrong passes every check', () => {
  const { checks, failed } = conclude(well, context)
  assert.equal(failed, undefined)
  assert.ok(checks.every(c => c.status === 'True'))
})

const table: Record<string, [Partial<Symptoms>, Partial<DiagnosisContext>, string, string, RegExp]> = {
  'no answer, and the inventory knows why': [
    { tcp: timeout, tls: undefined },
    { inventory: true, obstacle: { check: 'RouteAvailable', code: 'ISM4001', message: 'VPC x is not attached' } },
    'RouteAvailable',
    'ISM4001',
    /VPC x is not attached \(seen: TCP to 21\.0\.0\.1:6443: no answer within 5 s\)/,
  ],
  'no answer, and no inventory': [
    { tcp: timeout, tls: undefined },
    {},
    'APIReachable',
    'ISM4004',
    /no network inventory is configured; look at routes, security groups and inter-region bandwidth/,
  ],
  'no answer, though the inventory sees nothing': [
    { tcp: timeout, tls: undefined },
    { inventory: true },
    'APIReachable',
    'ISM4004',
    /shows no obstacle/,
  ],
  'TCP passes and TLS does not, for want of bandwidth': [
    { tls: tlsTimeout },
    { inventory: true, obstacle: noBandwidth },
    'BandwidthAvailable',
    'ISM4003',
    /no bandwidth plan \(seen: TCP to 21\.0\.0\.1:6443 connects, TLS not complete within 5 s\)/,
  ],
  'TCP passes and TLS does not, without inventory': [{ tls: tlsTimeout }, {}, 'APIReachable', 'ISM4015', /bandwidth/],
  refused: [{ tcp: { kind: 'refused', detail: 'ECONNREFUSED' } }, {}, 'APIReachable', 'ISM4004', /nothing listens/],
  'a foreign certificate': [
    { tls: { kind: 'untrusted', detail: 'SELF_SIGNED_CERT_IN_CHAIN' } },
    {},
    'CertificateTrusted',
    'ISM4005',
    /SELF_SIGNED/,
  ],
  'credentials refused': [
    { api: { kind: 'unauthorized', detail: '401' }, missingPermissions: undefined, facts: undefined },
    {},
    'CredentialsAccepted',
    'ISM4006',
    /401/,
  ],
  'not Kubernetes': [
    { api: { kind: 'notKubernetes', detail: 'the answer is not JSON' } },
    {},
    'APIReachable',
    'ISM4011',
    /not JSON/,
  ],
  'permissions missing': [
    { missingPermissions: ['create namespaces'], facts: undefined },
    {},
    'PermissionsGranted',
    'ISM4007',
    /create namespaces/,
  ],
  'no region labels': [
    { facts: { ...facts, regions: [], unlabelled: ['n1', 'n2'] } },
    {},
    'RegionKnown',
    'ISM4008',
    /none of its 2 nodes has a region label \(n1, n2\)/,
  ],
  'pods overlap a member’s': [
    {},
    { others: [{ name: 'ack-hangzhou', podCIDRs: ['10.1.0.0/16'], serviceCIDRs: [] }] },
    'AddressesDistinct',
    'ISM4009',
    /its pods \(10\.1\.0\.0\/24\) overlap the pods of ack-hangzhou \(10\.1\.0\.0\/16\)/,
  ],
  'services hide a member’s pods': [
    {},
    { others: [{ name: 'ack-hangzhou', podCIDRs: ['172.17.3.0/24'], serviceCIDRs: [] }] },
    'AddressesDistinct',
    'ISM4009',
    /its services .* overlap the pods of ack-hangzhou/,
  ],
}

for (const [story, [symptoms, more, type, code, message]] of Object.entries(table))
  test(`${story}: ${code}`, () => {
    const { checks, failed } = conclude({ ...well, ...symptoms }, { ...context, ...more })
    assert.equal(failed?.type, type)
    assert.equal(failed.code, code)
    assert.match(failed.message, message)
    const at = checks.findIndex(c => c.type === type)
    assert.ok(checks.slice(0, at).every(c => c.status !== 'False'))
    assert.ok(checks.slice(at + 1).every(c => c.status === 'Unknown'))
  })

test('two members may have the same services: those addresses hold inside a cluster', () => {
  const others = [{ name: 'ack-hangzhou', podCIDRs: ['10.0.0.0/16'], serviceCIDRs: facts.serviceCIDRs }]
  assert.equal(conclude(well, { ...context, others }).failed, undefined)
})

test('nodes without labels are well where a region was given', () => {
  const unlabelled = { ...facts, regions: [], unlabelled: ['n1', 'n2'] }
  assert.equal(conclude({ ...well, facts: unlabelled }, { ...context, region: 'cn-shanghai' }).failed, undefined)
})

test('what accepts connections and never speaks is a TLS timeout, and the inventory is asked for its cause', async t => {
  const server = createServer(() => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const client = new KubeClient({ server: `https://127.0.0.1:${port}` })
  t.after(() => client.close())
  let asked = 0
  const found = await diagnose({
    client,
    permissions: [],
    from: '192.168.0.1',
    inventory: {
      async objects() {
        asked++
        return []
      },
    },
    others: [],
  })
  assert.equal(asked, 1)
  assert.equal(found.failed?.code, 'ISM4015')
})
