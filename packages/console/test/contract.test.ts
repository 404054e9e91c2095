import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type OperationId, operations, paths } from '@isthmus/api'
import { Value } from 'typebox/value'
import { answers } from '../dev/answers.ts'
import { makeWorld } from '../dev/world.ts'
import { addressOf } from '../src/api/client.ts'

const asked: { [Id in OperationId]?: { params?: Record<string, string>; query?: Record<string, string> } } = {
  getSession: {},
  getOverview: {},
  listRegions: {},
  getMatrix: { query: { service: 'reviews.default.svc.cluster.local' } },
  listEvents: {},
  listServices: { query: { search: 'rev' } },
  getService: { params: { service: 'reviews.default' } },
  getServiceSeries: { params: { service: 'reviews.default' } },
  getServiceLatency: { params: { service: 'reviews.default' } },
  getServiceEjections: { params: { service: 'reviews.default' } },
  explain: { query: { service: 'reviews.default', from: 'cn-hangzhou' } },
  getRegionalTraffic: {},
  listKinds: {},
  getObject: { params: { kind: 'RegionalTrafficPolicy', namespace: 'istio-system', name: 'mesh-wide' } },
  listClusters: {},
  listGateways: {},
  listProxies: {},
}

for (const [id, input] of Object.entries(asked) as [OperationId, NonNullable<(typeof asked)[OperationId]>][])
  test(`the development server's ${id} is what the API's contract says`, () => {
    const answer = answers(makeWorld(20), { readOnly: false, signedIn: true })
    const url = new URL(addressOf(id, input.params, input.query), 'http://localhost')
    const [status, value] = answer(paths[id][0], url, {})
    assert.equal(status, 200)
    const faults = [...Value.Errors(operations[id].response, JSON.parse(JSON.stringify(value)))]
    assert.deepEqual(faults, [])
  })

test('names in addresses are one segment each, whatever they hold', () => {
  assert.equal(addressOf('getService', { service: 'a/b?c#d' }), '/api/v1/services/a%2Fb%3Fc%23d')
  assert.equal(
    addressOf('listServices', {}, { search: 'x&y', namespace: '', limit: 5 }),
    '/api/v1/services?search=x%26y&limit=5',
  )
})
