import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Finding } from '../../src/model/index.ts'
import { Acceptance } from '../../src/snapshot/acceptance.ts'
import { clustersOf, translate, translateEndpoints } from '../../src/translate/index.ts'
import { json } from '../translate/envoy.ts'
import { bookinfo, sidecar } from '../translate/world.ts'

test('what has been encoded is not kept a second time, and its message can still be had', () => {
  const [view, mesh] = [sidecar(), bookinfo()]
  const all = (m: typeof mesh) => {
    const { clusters, listeners, routes } = translate(structuredClone(view), m)
    const sets = [...m.services.keys()].flatMap(host => clustersOf(view, m, host))
    return [...clusters, ...listeners, ...routes, ...sets.map(name => translateEndpoints(view, m, name))]
  }
  const refused = (finding: Finding) => assert.fail(finding.message)
  const acceptance = new Acceptance()
  const untouched = all(structuredClone(mesh))
  for (const [i, resource] of all(mesh).entries()) {
    const accepted = acceptance.accept(resource, undefined, refused)
    assert.equal(resource.init, undefined, resource.name)
    assert.deepEqual(json(resource.schema, resource.message), json(untouched[i]!.schema, untouched[i]!.message))
    assert.equal(acceptance.accept(resource, undefined, refused), accepted)
    // Another engine that is given the same comes to the same bytes.
    const elsewhere = new Acceptance().accept(resource, undefined, refused)
    assert.deepEqual(elsewhere, accepted)
  }
})
