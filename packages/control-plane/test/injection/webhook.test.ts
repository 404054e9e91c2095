import assert from 'node:assert/strict'
import { request } from 'node:https'
import { type TestContext, test } from 'node:test'
import { createCertificateAuthority, issueServerCertificate } from '@isthmus/control-plane/identity/index.ts'
import { startWebhook, webhookConfiguration } from '@isthmus/control-plane/injection/index.ts'
import { silentLog } from '@isthmus/control-plane/runtime/index.ts'
import { reviewsPod, settings } from './pods.ts'

async function webhook(t: TestContext) {
  const authority = await createCertificateAuthority({ now: Date.now() })
  const issue = () => issueServerCertificate(authority, { names: ['127.0.0.1'], now: Date.now() })
  const server = await startWebhook({
    host: '127.0.0.1',
    port: 0,
    certificate: await issue(),
    settings: cluster => (cluster === settings.cluster ? settings : undefined),
    log: silentLog,
  })
  t.after(() => server.close())
  const post = (path: string, body: string) =>
    new Promise<{ status: number; text: string; serial: string }>((resolve, reject) => {
      const call = request(
        { host: '127.0.0.1', port: server.port, path, method: 'POST', ca: authority.certificate, agent: false },
        async answer => {
          let text = ''
          for await (const chunk of answer) text += chunk
          const socket = answer.socket as import('node:tls').TLSSocket
          resolve({ status: answer.statusCode!, text, serial: socket.getPeerCertificate().serialNumber })
        },
      )
      call.on('error', reject)
      call.end(body)
    })
  return { server, authority, issue, post }
}

const review = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: { uid: 'u1', namespace: 'default', kind: { kind: 'Pod' }, object: reviewsPod() },
})

test("a cluster's API that trusts the root in the webhook configuration gets its pods injected", async t => {
  const { authority, post } = await webhook(t)
  const { webhooks } = webhookConfiguration({
    cluster: 'ack-hangzhou',
    address: '192.168.0.1:15017',
    rootCertificate: authority.certificate,
    labels: {},
  })
  const { clientConfig } = webhooks[0] as { clientConfig: { url: string; caBundle: string } }
  assert.equal(Buffer.from(clientConfig.caBundle, 'base64').toString(), authority.certificate)
  const answer = await post(new URL(clientConfig.url).pathname, review)
  assert.equal(answer.status, 200)
  assert.equal(JSON.parse(answer.text).response.patchType, 'JSONPatch')
})

test('a cluster that is no member, a body that is no review, and another path are refused with a reason', async t => {
  const { post } = await webhook(t)
  assert.match((await post('/inject/cluster/elsewhere', review)).text, /elsewhere is not a member cluster/)
  assert.match((await post('/inject/cluster/ack-hangzhou', '{')).text, /not JSON/)
  assert.match((await post('/inject/cluster/ack-hangzhou', '{}')).text, /not an AdmissionReview/)
  assert.equal((await post('/', review)).status, 404)
})

test('a renewed certificate is served without a restart', async t => {
  const { server, issue, post } = await webhook(t)
  const before = await post('/inject/cluster/ack-hangzhou', review)
  server.renew(await issue())
  const after = await post('/inject/cluster/ack-hangzhou', review)
  assert.equal(after.status, 200)
  assert.notEqual(after.serial, before.serial)
})
