import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadKubeconfig, parseKubeconfig } from '../src/index.ts'

const text = `
apiVersion: v1
kind: Config
current-context: ack-hangzhou
clusters:
- name: hz
  cluster:
    server: https://127.0.0.1:7001/
    certificate-authority-data: ${Buffer.from('CA').toString('base64')}
    extensions:
    - name: isthmus.dev/private-server
      extension: {server: "https://20.0.0.1:6443"}
users:
- name: admin
  user: {client-certificate: admin.crt, client-key-data: ${Buffer.from('KEY').toString('base64')}}
contexts:
- name: ack-hangzhou
  context: {cluster: hz, user: admin, namespace: prod}
`

test('a context becomes an access: data inline, files beside the kubeconfig, the address inside the VPC', () => {
  const dir = mkdtempSync(join(tmpdir(), 'kubeconfig-'))
  try {
    writeFileSync(join(dir, 'admin.crt'), 'CERT')
    const config = parseKubeconfig(text, dir)
    assert.deepEqual(config.access(), {
      server: 'https://127.0.0.1:7001',
      ca: 'CA',
      cert: 'CERT',
      key: 'KEY',
      namespace: 'prod',
    })
    assert.equal(config.privateServer('ack-hangzhou'), 'https://20.0.0.1:6443')
    assert.throws(() => config.access('ack-shanghai'), /no context "ack-shanghai" \(there are: ack-hangzhou\)/)
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('several files are merged as kubectl does it: the first of a name wins, missing files are skipped', () => {
  const dir = mkdtempSync(join(tmpdir(), 'kubeconfig-'))
  try {
    const second = `current-context: other
clusters: [{name: hz, cluster: {server: "https://wrong"}}, {name: sh, cluster: {server: "https://sh:6443"}}]
users: [{name: token, user: {token: T}}]
contexts: [{name: ack-shanghai, context: {cluster: sh, user: token}}]
`
    writeFileSync(join(dir, 'admin.crt'), 'CERT')
    writeFileSync(join(dir, 'one'), text)
    writeFileSync(join(dir, 'two'), second)
    const config = loadKubeconfig([join(dir, 'none'), join(dir, 'one'), join(dir, 'two')])
    assert.equal(config.currentContext, 'ack-hangzhou')
    assert.equal(config.access().server, 'https://127.0.0.1:7001')
    assert.deepEqual(config.access('ack-shanghai'), { server: 'https://sh:6443', token: 'T' })
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('what cannot work is said: no YAML, a credential plugin', () => {
  assert.throws(() => parseKubeconfig('a: [', '.'), /not YAML/)
  const plugin = text.replace(/user: \{.*\}/, 'user: {exec: {command: cloud-login}}')
  assert.throws(() => parseKubeconfig(plugin, '.').access(), /cloud-login.*not supported/)
})
