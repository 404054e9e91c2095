import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type KubeClient, kubeconfigOf, YamlReader } from '@isthmus/kubernetes'
import { readCredentials } from '../../src/members/credentials.ts'
import { memberAccess } from '../../src/members/request.ts'
import { type MemberCluster, memberKind } from '../../src/members/resource.ts'
import { chooseCredentials } from '../../src/members/secrets.ts'

const config = (cluster: object, user: object = {}) => ({
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
    assert.throws(() => readCredentials(config(cluster, user)), { code: 'ISM4210', message: /names a file/ })
})

test('a kubeconfig in a Secret runs no program', () => {
  for (const user of [{ exec: { command: '/bin/sh' } }, { 'auth-provider': { name: 'gcp' } }])
    assert.throws(() => readCredentials(config({}, user)), { code: 'ISM4212' })
})

test('credentials go over TLS only, whatever is given as the server', () => {
  const good = config({}, { token: 'T' })
  assert.equal(readCredentials(good, 'https://10.0.0.2/').access.server, 'https://10.0.0.2')
  for (const server of ['http://10.0.0.2', 'ftp://x', 'https://ack:secret@evil.example', 'https://x/?a', 'nonsense']) {
    assert.throws(() => readCredentials(good, server), /https/, server)
    assert.throws(() => memberAccess(kubeconfigOf(good), { name: 'a', server }), { code: 'ISM4010' }, server)
  }
})

test('what cannot be read is not quoted: it goes into a status that others read', async () => {
  const yaml = new YamlReader()
  const key = '-----BEGIN PRIVATE KEY-----\nAAAA: SECRET: [\n-----END'
  for (const [text, said] of [
    [key, /isthmus-member-a: not YAML that is taken \(line 1\)/],
    [key.replace('[', ''), /isthmus-member-a: /],
    // Takes the parser minutes, and nothing else waits for it.
    ['] '.repeat(250_000), /isthmus-member-a: reading it takes more/],
  ] as const) {
    const secret = { data: { kubeconfig: Buffer.from(text).toString('base64') } }
    const mesh = {
      find: async (_: unknown, at: { name: string }) => (at.name === 'isthmus-member-a' ? secret : undefined),
    }
    const member: MemberCluster = { ...memberKind, metadata: { name: 'a' }, spec: {} }
    await assert.rejects(chooseCredentials({ mesh: mesh as unknown as KubeClient, yaml }, member), (error: Error) => {
      assert.match(error.message, said)
      assert.doesNotMatch(error.message, /SECRET|AAAA/)
      return true
    })
  }
  await yaml.close()
})
