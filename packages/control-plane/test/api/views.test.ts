import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type KubeObject, YamlReader } from '@isthmus/kubernetes'
import { History } from '../../src/api/objects/history.ts'
import { objectOf, yamlOf } from '../../src/api/objects/yaml.ts'
import { gatewayRowsOf } from '../../src/api/views/gateways.ts'
import { bitsPerSecond } from '../../src/api/views/links.ts'
import { redacted } from '../../src/api/views/redact.ts'
import { createCertificateAuthority, issueServerCertificate } from '../../src/identity/index.ts'
import { MeshBuilder } from '../../src/sources/index.ts'

const day = 86_400_000

test('a gateway: what it listens on, where it routes, and until when its certificate holds; its key is nowhere', async () => {
  const now = Date.now()
  const authority = await createCertificateAuthority({ now })
  const { certificate, privateKey, notAfter } = await issueServerCertificate(authority, {
    names: ['shop.example'],
    now,
  })
  const builder = new MeshBuilder()
  for (const object of [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { name: 'shop', namespace: 'default' },
      spec: {
        selector: { istio: 'ingressgateway' },
        servers: [
          {
            port: { number: 443, name: 'https', protocol: 'HTTPS' },
            hosts: ['shop.example'],
            tls: { mode: 'SIMPLE', credentialName: 'shop-tls' },
          },
          {
            port: { number: 8443, name: 'https-2', protocol: 'HTTPS' },
            hosts: ['lost.example'],
            tls: { mode: 'SIMPLE', credentialName: 'no-such' },
          },
        ],
      },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'shop', namespace: 'default' },
      spec: {
        hosts: ['shop.example'],
        gateways: ['shop'],
        http: [
          {
            match: [{ uri: { prefix: '/cart' } }],
            route: [
              { destination: { host: 'cart' }, weight: 90 },
              { destination: { host: 'cart', subset: 'v2' }, weight: 10 },
            ],
          },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'shop-tls', namespace: 'istio-system' },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(certificate), 'tls.key': base64(privateKey) },
    },
  ])
    builder.set('', object as KubeObject)
  const gateway = {
    apiVersion: 'istio.alibabacloud.com/v1beta1',
    kind: 'IstioGateway',
    metadata: { name: 'ingressgateway', namespace: 'istio-system' },
    spec: { ports: [{ name: 'https', port: 443 }] },
    status: {
      addresses: [{ cluster: 'a', region: 'r', address: '192.0.2.1', ports: [443], readyReplicas: 1 }],
    },
  }
  const [row] = gatewayRowsOf({ mesh: builder.flush(), gateways: [gateway], sent: [], now: notAfter - 3 * day })
  assert.equal(row?.places[0]?.ports[0]?.url, 'https://192.0.2.1/')
  assert.deepEqual(
    row?.listeners.map(l => [l.port, l.secret]),
    [
      [443, 'shop-tls'],
      [8443, 'no-such'],
    ],
  )
  assert.equal(row?.routes[0]?.match, '/cart*')
  assert.equal(
    row?.routes[0]?.destination,
    '90% cart.default.svc.cluster.local, 10% cart.default.svc.cluster.local subset v2',
  )
  const [held, lost] = row?.certificates ?? []
  assert.deepEqual(held?.names, ['DNS:shop.example'])
  assert.match(held?.problem ?? '', /expires in [23] days/)
  assert.match(lost?.problem ?? '', /no Secret istio-system\/no-such/)
  assert.doesNotMatch(JSON.stringify(row), /PRIVATE KEY/)
})

test('keys in a configuration are withheld, names of files are not', () => {
  const shown = redacted({
    tls_certificate: { certificate_chain: { inline_bytes: 'Y2VydA==' }, private_key: { inline_bytes: 'a2V5' } },
    files: { private_key: { filename: '/etc/key.pem' } },
  })
  assert.deepEqual(shown, {
    tls_certificate: { certificate_chain: { inline_bytes: 'Y2VydA==' }, private_key: '[redacted]' },
    files: { private_key: { filename: '/etc/key.pem' } },
  })
})

test('versions: a status is none, the user who wrote is named, deletion is seen, and memory is bounded', () => {
  let now = 0
  const history = new History(() => ++now)
  const object = (version: number, weight: number, extra = {}) =>
    ({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: {
        name: 'a',
        namespace: 'default',
        uid: 'u',
        resourceVersion: String(version),
        managedFields: [{ manager: 'kubectl-edit', time: '2026-01-01T00:00:00Z' }],
      },
      spec: { weight },
      ...extra,
    }) as unknown as KubeObject
  history.seen('k', object(1, 1))
  history.seen('k', object(2, 1, { status: { conditions: [] } }))
  assert.deepEqual(
    history.versions('k').map(v => [v.resourceVersion, v.who]),
    [['1', 'kubectl-edit']],
  )
  history.seen('k', object(3, 2))
  history.wrote('k', object(3, 2), 'ann')
  assert.equal(history.versions('k')[0]?.who, 'ann')
  history.gone('k', new Set())
  assert.equal(history.versions('k')[0]?.deleted, true)
  for (let i = 4; i < 40; i++) history.seen('k', object(i, i))
  assert.equal(history.versions('k').length, 20)
  assert.match(history.versions('k')[0]?.yaml ?? '', /weight: 39/)
})

test('YAML of an object: what the server keeps for itself is left out, and what is no object is named', async () => {
  const yaml = yamlOf({
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name: 'a', resourceVersion: '1', uid: 'u', labels: { a: 'b' } },
    status: {},
    spec: { answer: 'yes' },
  } as KubeObject)
  assert.equal(yaml, 'apiVersion: v1\nkind: X\nmetadata:\n  name: a\n  labels:\n    a: b\nspec:\n  answer: "yes"\n')
  const reader = new YamlReader()
  assert.equal((await objectOf(reader, yaml, 'ann')).metadata.name, 'a')
  for (const text of ['', 'a: b', 'kind: X\n---\nkind: Y', 'a: [', 'apiVersion: v1\nkind: X\nmetadata: {}'])
    await assert.rejects(objectOf(reader, text, 'ann'), { code: 'ISM5101' }, text)
  await reader.close()
})

test('bandwidths are bits per second', () => {
  assert.equal(bitsPerSecond('100Mbps'), 100e6)
  assert.equal(bitsPerSecond('1.5 Gbps'), 1.5e9)
  assert.equal(bitsPerSecond('fast'), undefined)
})

const base64 = (text: string) => Buffer.from(text).toString('base64')
