import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ObjectView, Preview, Problem, VersionList, Written } from '@isthmus/api'
import { kinds } from '@isthmus/kubernetes'
import { virtualService } from './rule.ts'
import { ApiWorld } from './world.ts'

/* Objects of a real mesh API, read and written through the HTTP API as the person who asks. */

let world: ApiWorld

before(
  async () => {
    world = await ApiWorld.open()
  },
  { timeout: 180_000 },
)

after(() => world?.close())

test('a rule is tried, written, changed by somebody else meanwhile, and put back', async () => {
  const operator = await world.signIn('isthmus-operator')
  const tried = await operator.ask<Written>('POST', '/api/v1/objects/VirtualService?dryRun=true', {
    yaml: virtualService('nowhere'),
  })
  assert.equal(tried.status, 200, JSON.stringify(tried.body))
  assert.equal(tried.body.dryRun, true)
  assert.ok(tried.body.findings.some(f => /nowhere/.test(f.message) && f.mend))
  const made = await operator.ask<Written>('POST', '/api/v1/objects/VirtualService', {
    yaml: virtualService('reviews'),
  })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  const path = '/api/v1/objects/VirtualService/default/reviews'
  const edited = (await operator.ask<ObjectView>('GET', path)).body
  assert.doesNotMatch(edited.yaml, /managedFields|resourceVersion/)
  await world.mesh.patch(
    kinds.VirtualService,
    { name: 'reviews', namespace: 'default' },
    { metadata: { labels: { by: 'them' } } },
  )
  const late = await operator.ask<Problem>('PUT', `${path}?resourceVersion=${edited.resourceVersion}`, {
    yaml: edited.yaml,
  })
  assert.deepEqual([late.status, late.body.code], [409, 'ISM5108'])
  assert.match(late.body.current?.yaml ?? '', /by: them/)
  const again = await operator.ask<Written>('PUT', `${path}?resourceVersion=${late.body.current?.resourceVersion}`, {
    yaml: edited.yaml,
  })
  assert.equal(again.status, 200, JSON.stringify(again.body))
  const versions = await world.until(
    () => operator.ask<VersionList>('GET', `${path}/versions`),
    ({ body }) => body.versions.length >= 3,
  )
  assert.match(versions.body.versions[0]?.who ?? '', /system:serviceaccount:istio-system:isthmus-operator/)
  const unknown = edited.yaml.replace('hosts:', 'hostz:')
  const refused = await operator.ask<Problem>('PUT', path, { yaml: unknown })
  assert.deepEqual([refused.status, refused.body.code], [422, 'ISM5111'])
  assert.equal((await operator.ask('DELETE', path)).status, 200)
})

test('an object may be written in any version that is served', async () => {
  const operator = await world.signIn('isthmus-operator')
  const older = virtualService('older').replace(/networking\.istio\.io\/v1\b/, 'networking.istio.io/v1alpha3')
  assert.match(older, /v1alpha3/)
  const tried = await operator.ask<Written>('POST', '/api/v1/objects/VirtualService?dryRun=true', { yaml: older })
  assert.equal(tried.status, 200, JSON.stringify(tried.body))
  assert.equal(tried.body.object.apiVersion, 'networking.istio.io/v1')
  const unserved = older.replace('v1alpha3', 'v9')
  const refused = await operator.ask<Problem>('POST', '/api/v1/objects/VirtualService?dryRun=true', { yaml: unserved })
  assert.deepEqual([refused.status, refused.body.code], [422, 'ISM5111'], JSON.stringify(refused.body))
})

test('a preview needs no right to write', async () => {
  const viewer = await world.signIn('isthmus-viewer')
  const policy = {
    apiVersion: 'mesh.isthmus.dev/v1alpha1',
    kind: 'RegionalTrafficPolicy',
    metadata: { name: 'mesh-wide', namespace: 'istio-system' },
    spec: { failover: { enabled: true, rules: [{ from: 'cn-hangzhou', to: ['cn-shanghai'] }] } },
  }
  const { status, body } = await viewer.ask<Preview>('POST', '/api/v1/regional-traffic/preview', { policy })
  assert.equal(status, 200, JSON.stringify(body))
  assert.ok(body.checks.some(c => !c.ok && /no region/.test(c.text)))
})
