import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { nthAddress } from '@isthmus/lab/cluster/apiserver.ts'
import { createCertificateAuthority, createServiceAccountKey } from '@isthmus/lab/cluster/pki.ts'

test('a server certificate holds its names and addresses, signed by the cluster’s authority', async () => {
  const authority = await createCertificateAuthority('ack-hangzhou-ca')
  const { certPem } = await authority.server('kube-apiserver', ['127.0.0.1', '20.0.0.2', 'kubernetes.default.svc'])
  const certificate = new X509Certificate(certPem)
  const ca = new X509Certificate(authority.certPem)
  assert.equal(ca.ca, true)
  assert.ok(certificate.checkIssued(ca) && certificate.verify(ca.publicKey))
  assert.ok(certificate.checkIP('20.0.0.2') && certificate.checkHost('kubernetes.default.svc'))
  assert.equal(certificate.checkIP('20.0.0.3'), undefined)
})

test('a client certificate says who its holder is: user and groups', async () => {
  const authority = await createCertificateAuthority('ca')
  const { certPem, keyPem } = await authority.client({ user: 'system:node:n1', groups: ['system:nodes'] })
  assert.deepEqual(new X509Certificate(certPem).subject.split('\n').sort(), ['CN=system:node:n1', 'O=system:nodes'])
  assert.match(keyPem, /^-----BEGIN PRIVATE KEY-----/)
})

test('tokens are signed with RSA, which every client library reads', async () => {
  const { privatePem, publicPem } = await createServiceAccountKey()
  assert.match(privatePem, /PRIVATE KEY/)
  assert.match(publicPem, /^-----BEGIN PUBLIC KEY-----/)
})

test('addresses of a service range are counted from its beginning', () => {
  assert.equal(nthAddress('172.16.0.0/16', 1), '172.16.0.1')
  assert.equal(nthAddress('172.16.0.0/16', 10), '172.16.0.10')
  assert.equal(nthAddress('10.255.255.0/24', 255), '10.255.255.255')
})
