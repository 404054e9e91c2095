import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type OperationId, operations, paths, topics } from '@isthmus/api'
import { Validator } from '@seriousme/openapi-schema-validator'
import { openApi } from '../../src/api/http/openapi.ts'
import { bodyOf, queryOf, route } from '../../src/api/http/router.ts'

test('the document is OpenAPI 3.1, and has every operation', async () => {
  const document = JSON.parse(JSON.stringify(openApi()))
  const validator = new Validator()
  const { valid, errors } = await validator.validate(document)
  assert.equal(valid, true, JSON.stringify(errors, null, 2)?.slice(0, 2000))
  assert.equal(validator.version, '3.1')
  const ids = Object.values(document.paths as Record<string, Record<string, { operationId: string }>>)
    .flatMap(item => Object.values(item).map(o => o.operationId))
    .sort()
  assert.deepEqual(ids, Object.keys(operations).sort())
})

test('every operation is found by its method and path, with its segments decoded', () => {
  for (const [id, [method, path]] of Object.entries(paths)) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
    const matched = route(
      method,
      path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(`${name}/<b>`)),
    )
    assert.equal(matched.id, id)
    assert.deepEqual(matched.params, Object.fromEntries(names.map(name => [name, `${name}/<b>`])))
  }
})

test('queries get their types and defaults; what does not fit is named', () => {
  assert.deepEqual(queryOf('listServices', new URLSearchParams('limit=5&search=re')), {
    limit: 5,
    offset: 0,
    search: 're',
  })
  assert.deepEqual(queryOf('replaceObject', new URLSearchParams('dryRun=true')), { dryRun: true })
  assert.throws(() => queryOf('listServices', new URLSearchParams('limit=many')), { code: 'ISM5101' })
  assert.throws(() => queryOf('listServices', new URLSearchParams('sort=age')), { code: 'ISM5101' })
  assert.throws(() => queryOf('stream', new URLSearchParams('')), { code: 'ISM5101' })
})

test('bodies are held against their schemas', () => {
  assert.deepEqual(bodyOf('scaleWorkload', '{"replicas": 3}'), { replicas: 3 })
  for (const text of ['{"replicas": -1}', '{"replicas": "3"}', '{}', '[]', 'null', 'replicas: 3'])
    assert.throws(() => bodyOf('scaleWorkload', text), { code: 'ISM5101' }, text)
})

test('a topic of the stream is one operation’s answer', () => {
  const lists: readonly OperationId[] = ['getOverview', 'getMatrix', 'getRegionalTraffic', 'listClusters', 'listEvents']
  for (const id of lists) assert.ok(id in operations)
  assert.equal(new Set(topics).size, topics.length)
})
