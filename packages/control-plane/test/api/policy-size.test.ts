import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { type Preview, type Problem, paths } from '@isthmus/api'
import { parse } from 'yaml'
import { policyLimits } from '../../src/api/views/policy-size.ts'
import { openDoor } from './door.ts'

/* A preview is for everybody who may look: how large a policy it takes is bounded as the API server bounds one. */

const door = await openDoor({ 'mesh.yaml': readFileSync(new URL('mesh.yaml', import.meta.url), 'utf8') })
after(() => door.close())

const preview = async (spec: object) => {
  const metadata = { name: 'mesh-wide', namespace: 'istio-system' }
  const policy = { apiVersion: 'mesh.isthmus.dev/v1alpha1', kind: 'RegionalTrafficPolicy', metadata, spec }
  const [method, path] = paths.previewRegionalTraffic
  const answer = await fetch(`${door.base}${path}`, { method, body: JSON.stringify({ policy }) })
  return { status: answer.status, body: (await answer.json()) as Preview & Problem }
}
const regions = (count: number) => Array.from({ length: count }, (_, i) => `region-${i}`)

test('the limits are those of the CRD', () => {
  const crd = parse(
    readFileSync(
      new URL('../../../../deploy/crds/mesh.isthmus.dev_regionaltrafficpolicies.yaml', import.meta.url),
      'utf8',
    ),
  )
  const { services, failover, distribution } = crd.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties
  assert.equal(services.maxItems, policyLimits.services)
  for (const { rules } of [failover.properties, distribution.properties])
    assert.equal(rules.maxItems, policyLimits.rules)
  assert.equal(failover.properties.rules.items.properties.to.maxItems, policyLimits.to)
  assert.equal(distribution.properties.rules.items.properties.to.maxProperties, policyLimits.to)
})

test('the largest policy there may be is previewed', async () => {
  const to = regions(policyLimits.to)
  const rules = regions(policyLimits.rules).map(from => ({ from, to }))
  const { status, body } = await preview({ failover: { enabled: true, rules } })
  assert.equal(status, 200, JSON.stringify(body))
})

test('what is larger is refused before anybody looks at it', async () => {
  const to = ['cn-shanghai']
  const many = regions(20_000)
  for (const [spec, said] of [
    [{ services: many }, /spec\.services: more than 256/],
    [{ failover: { enabled: true, rules: many.map(from => ({ from, to })) } }, /spec\.failover\.rules: more than 64/],
    [{ failover: { enabled: true, rules: [{ from: 'a', to: many }] } }, /spec\.failover\.rules\.to: more than 32/],
    [{ distribution: { enabled: true, rules: [{ from: 'a', to: Object.fromEntries(many.map(r => [r, 1])) }] } }, /32/],
    [{ distribution: { enabled: true, rules: Object.fromEntries(many.map(r => [r, 1])) } }, /more than 64/],
    [{ distribution: { enabled: true, rules: 'x'.repeat(100_000) } }, /more than 64/],
  ] as const) {
    const { status, body } = await preview(spec)
    assert.deepEqual([status, body.code], [400, 'ISM5101'], said.source)
    assert.match(body.message, said)
  }
})
