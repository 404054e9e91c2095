import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { KubeClient } from '@isthmus/kubernetes'
import { RealApi } from '../../../kubernetes/test/real-api.ts'
import { clusterTokenAuthority, TokenVerifier, tokenAudience } from '../../src/identity/index.ts'
import { silentLog, systemClock } from '../../src/runtime/index.ts'

test('a control plane started while a cluster’s API is away knows that cluster’s proxies by the keys it kept', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-keys-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const api = await new RealApi().start()
  t.after(() => api.stop())
  const client = new KubeClient(api.access)
  t.after(() => client.close())
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reviews', namespace: 'default' } }
  await client.create(account)
  const { status } = await client.json<{ status: { token: string } }>({
    method: 'POST',
    path: '/api/v1/namespaces/default/serviceaccounts/reviews/token',
    body: JSON.stringify({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: [tokenAudience], expirationSeconds: 3600 },
    }),
  })
  const options = { folder, clock: systemClock, log: silentLog }
  const before = new TokenVerifier(options)
  before.addCluster('ack-shanghai', clusterTokenAuthority(client))
  assert.equal((await before.verifyToken(status.token, 'ack-shanghai')).serviceAccount, 'reviews')

  await api.stop()
  const after = new TokenVerifier(options)
  after.addCluster('ack-shanghai', clusterTokenAuthority(client))
  assert.equal((await after.verifyToken(status.token, 'ack-shanghai')).serviceAccount, 'reviews')
})
