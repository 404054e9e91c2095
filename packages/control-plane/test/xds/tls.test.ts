import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCertificateAuthority, issueServerCertificate } from '@isthmus/control-plane/identity/index.ts'
import { service, snapshotOf, typeUrls } from '../support/tiny-snapshot.ts'
import { XdsClient } from '../support/xds-client.ts'
import { TestXdsServer } from '../support/xds-server.ts'

test('over TLS, and a certificate that is renewed while streams live', async t => {
  const now = Date.now()
  const issue = async () => {
    const authority = await createCertificateAuthority({ now })
    const leaf = await issueServerCertificate(authority, { names: ['127.0.0.1'], now })
    return { ca: authority.certificate, tls: { key: leaf.privateKey, cert: leaf.certificate } }
  }
  const [old, renewed] = [await issue(), await issue()]
  const tokens: unknown[] = []
  const server = await new TestXdsServer(snapshotOf(...service('a', [1])), {
    tls: old.tls,
    authenticate: async headers => void tokens.push(headers.authorization),
  }).listen()
  t.after(() => server.close())
  const follow = async (ca: string, mode: 'delta' | 'sotw') => {
    const c = new XdsClient({ port: server.port, mode, ca, follow: true, headers: { authorization: 'Bearer token-1' } })
    t.after(() => c.close())
    c.start()
    await c.until(() => c.held(typeUrls.endpoint).has('a') || c.status !== undefined)
    return c
  }
  const first = await follow(old.ca, 'delta')
  assert.ok(first.held(typeUrls.endpoint).has('a'))
  assert.deepEqual(tokens, ['Bearer token-1'])

  server.server.reload(renewed.tls)
  const second = await follow(renewed.ca, 'sotw')
  assert.ok(second.held(typeUrls.endpoint).has('a'))
  assert.equal(first.status, undefined, 'the first stream lives on')
  const stranger = await follow(old.ca, 'delta')
  assert.equal(stranger.held(typeUrls.endpoint).has('a'), false)
})
