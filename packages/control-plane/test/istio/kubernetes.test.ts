import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  meshContext,
  parseCredential,
  parseDuration,
  parsePod,
  portProtocol,
  resolveGateway,
  resolveHost,
} from '../../src/istio/index.ts'
import { pod } from '../sources/objects.ts'

test("a port's protocol: appProtocol, else the prefix of its name, else TCP", () => {
  for (const [port, protocol] of [
    [{ name: 'http' }, 'HTTP'],
    [{ name: 'http-web' }, 'HTTP'],
    [{ name: 'HTTP2-x' }, 'HTTP2'],
    [{ name: 'grpc-web' }, 'GRPC-Web'],
    [{ name: 'grpc-api' }, 'GRPC'],
    [{ name: 'https' }, 'HTTPS'],
    [{ name: 'web' }, 'TCP'],
    [{}, 'TCP'],
    [{ name: 'tcp-http' }, 'TCP'],
    [{ name: 'tcp', appProtocol: 'http' }, 'HTTP'],
    [{ name: 'x', appProtocol: 'kubernetes.io/h2c' }, 'HTTP2'],
    [{ name: 'dns', protocol: 'UDP' }, 'UDP'],
  ] as const)
    assert.equal(portProtocol(port), protocol, JSON.stringify(port))
})

test('short names are of the rule’s namespace; names with a dot stand', () => {
  assert.equal(resolveHost('reviews', 'shop', 'cluster.local'), 'reviews.shop.svc.cluster.local')
  assert.equal(resolveHost('reviews.other', 'shop', 'cluster.local'), 'reviews.other')
  assert.equal(resolveHost('*', 'shop', 'cluster.local'), '*')
  assert.equal(resolveGateway('gw', 'shop'), 'shop/gw')
  assert.equal(resolveGateway('mesh', 'shop'), 'mesh')
  assert.equal(resolveGateway('gw.istio-system.svc.cluster.local', 'shop'), 'istio-system/gw')
})

test('durations as Istio takes them', () => {
  assert.equal(parseDuration('1h30m'), 5_400_000)
  assert.equal(parseDuration('0.5s'), 500)
  assert.equal(parseDuration('250ms'), 250)
  for (const wrong of ['', '1', 's', '1 s', '-1s', '1d']) assert.equal(parseDuration(wrong), undefined, wrong)
})

test('a pod knows its deployment; one without an address, or that has ended, is none', () => {
  const p = pod('reviews-v1-abc-x', 'reviews', '10.0.0.2', 'n1')
  assert.equal(parsePod(p)?.workload, 'reviews-v1')
  assert.equal(parsePod({ ...p, status: { phase: 'Pending' } }), undefined)
  assert.equal(parsePod({ ...p, status: { ...p.status, phase: 'Succeeded' } }), undefined)
  assert.deepEqual(parsePod({ ...p, metadata: { ...p.metadata, labels: { 'istio-locality': 'r.z.s' } } })?.locality, {
    region: 'r',
    zone: 'z',
    subzone: 's',
  })
})

test('a credential is a certificate and its key', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cert', namespace: 'istio-system' } }
  const b64 = (text: string) => Buffer.from(text).toString('base64')
  assert.deepEqual(
    parseCredential({ ...secret, data: { 'tls.crt': b64('C'), 'tls.key': b64('K') } }, meshContext).value,
    {
      key: 'K',
      certificate: 'C',
    },
  )
  assert.equal(parseCredential(secret, meshContext).findings.length, 2)
})
