import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseKubeconfig } from '@isthmus/kubernetes'
import { stringify } from 'yaml'
import { readCredentials } from '../../src/members/credentials.ts'
import { memberAccess } from '../../src/members/request.ts'

const text = (cluster: object, user: object = {}) =>
  stringify({
    'current-context': 'a',
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    clusters: [{ name: 'a', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
    users: [{ name: 'a', user }],
  })

test("a kubeconfig in a Secret names no file: the control plane's own token would go to a server of somebody's choice", () => {
  const file = import.meta.filename
  for (const [cluster, user] of [
    [{}, { tokenFile: file }],
    [{}, { 'client-key': file }],
    [{}, { 'client-certificate': file }],
    [{ 'certificate-authority': file }, {}],
  ] as const)
    assert.throws(() => readCredentials(text(cluster, user)), { code: 'ISM4210', message: /names a file/ })
})

test('a kubeconfig in a Secret runs no program', () => {
  for (const user of [{ exec: { command: '/bin/sh' } }, { 'auth-provider': { name: 'gcp' } }])
    assert.throws(() => readCredentials(text({}, user)), { code: 'ISM4212' })
})

test('credentials go over TLS only, whatever is given as the server', () => {
  const good = text({}, { token: 'T' })
  assert.equal(readCredentials(good, 'https://10.0.0.2/').access.server, 'https://10.0.0.2')
  for (const server of ['http://10.0.0.2', 'ftp://x', 'https://ack:secret@evil.example', 'https://x/?a', 'nonsense']) {
    assert.throws(() => readCredentials(good, server), /https/, server)
    assert.throws(() => memberAccess(parseKubeconfig(good), { name: 'a', server }), { code: 'ISM4010' }, server)
  }
})

test('what cannot be read is not quoted: it goes into a status that others read', () => {
  const key = '-----BEGIN PRIVATE KEY-----\nAAAA: SECRET: [\n-----END'
  assert.throws(
    () => readCredentials(key),
    (error: Error) => /not YAML/.test(error.message) && !/SECRET|AAAA/.test(error.message),
  )
})
