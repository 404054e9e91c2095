import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { connect, createServer } from 'node:tls'
import {
  createCertificateAuthority,
  issueServerCertificate,
  readCertificateAuthority,
  renewIn,
} from '@isthmus/control-plane/identity/index.ts'

test('a client that trusts the mesh root accepts the server by name and by address, and nothing else', async t => {
  const authority = await createCertificateAuthority({ now: Date.now() })
  const leaf = await issueServerCertificate(authority, {
    names: ['istiod.istio-system.svc', '127.0.0.1'],
    now: Date.now(),
  })
  const server = createServer({ cert: leaf.certificate, key: leaf.privateKey }, socket => socket.end())
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const dial = async (ca: string, servername?: string) => {
    const socket = connect({ port, host: '127.0.0.1', ca, servername })
    try {
      await once(socket, 'secureConnect')
    } finally {
      socket.destroy()
    }
  }
  await dial(authority.certificate)
  await dial(authority.certificate, 'istiod.istio-system.svc')
  await assert.rejects(dial(authority.certificate, 'elsewhere.example'), /altnames/)
  await assert.rejects(dial((await createCertificateAuthority({ now: Date.now() })).certificate))
})

test('the authority is read back as it was, and a foreign key is noticed', async () => {
  const one = await createCertificateAuthority({ now: Date.now() })
  const two = await createCertificateAuthority({ now: Date.now() })
  assert.equal((await readCertificateAuthority(one)).notAfter, one.notAfter - (one.notAfter % 1000))
  assert.ok(new X509Certificate(one.certificate).ca)
  await assert.rejects(readCertificateAuthority({ ...one, privateKey: two.privateKey }), /not that of the certificate/)
  await assert.rejects(readCertificateAuthority({ certificate: 'x', privateKey: 'y' }), { code: 'ISM3105' })
})

test('a certificate is due for renewal at two thirds of its life', async () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  const authority = await createCertificateAuthority({ now })
  const leaf = await issueServerCertificate(authority, { names: ['a'], now, lifetimeHours: 29 })
  assert.equal(renewIn(leaf, now), 19 * 3600_000)
  assert.equal(renewIn(leaf, now + 20 * 3600_000), 0)
})
