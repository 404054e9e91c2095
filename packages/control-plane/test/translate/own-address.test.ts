import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultMeshConfig, type Mesh, type ProxyView } from '../../src/model/index.ts'
import { translate } from '../../src/translate/index.ts'
import { json } from './envoy.ts'
import { destinationRule, endpoint, http, mesh, port, service, sidecar, to, virtualService } from './world.ts'

const at = (...addresses: string[]) => ({ addresses: new Map([['ack-hangzhou', addresses]]) })

function names(view: ProxyView, m: Mesh) {
  const { listeners, routes } = translate(view, m)
  return { listeners: listeners.map(l => l.name), routes: routes.map(r => r.name) }
}

function tableHosts(m: Mesh) {
  const table = translate(sidecar(), m).routes.find(r => r.name === '9080')!
  return (json(table.schema, table.message).virtualHosts as { name: string }[]).map(h => h.name)
}

test('a service with an address of its own has a listener and a small route configuration, whatever the Host header says', () => {
  const m = mesh({ services: [service('reviews', at('172.16.0.1')), service('ratings', at('172.16.0.2'))] })
  const { listeners, routes } = names(sidecar(), m)
  assert.ok(listeners.includes('172.16.0.1_9080') && listeners.includes('0.0.0.0_9080'))
  assert.deepEqual(routes, ['9080', 'ratings.default.svc.cluster.local:9080', 'reviews.default.svc.cluster.local:9080'])
  assert.deepEqual(tableHosts(m), ['allow_any'])
  const own = translate(sidecar(), m).routes.at(-1)!
  const [host] = json(own.schema, own.message).virtualHosts as { domains: string[] }[]
  assert.deepEqual(host!.domains, ['*'])
})

test('the listener of an address counts nothing of its own, unless requests are counted there', () => {
  const matcherOf = (requestMetrics: 'standard' | 'full', name: string) => {
    const m = mesh({
      services: [service('reviews', at('172.16.0.1'))],
      config: { ...defaultMeshConfig, requestMetrics },
    })
    const listener = translate(sidecar(), m).listeners.find(l => l.name === name)!
    return json(listener.schema, listener.message).statsMatcher
  }
  assert.deepEqual(matcherOf('standard', '172.16.0.1_9080'), { rejectAll: true })
  assert.equal(matcherOf('standard', '0.0.0.0_9080'), undefined)
  assert.equal(matcherOf('full', '172.16.0.1_9080'), undefined)
})

test('where the address does not say which service is meant, the Host header does', () => {
  const shared = [service('a', at('172.16.0.1')), service('b', at('172.16.0.1'))]
  const range = service('range', at('172.20.0.0/16'))
  const headless = service('headless', { ...at('172.16.0.3'), resolution: 'headless' })
  const nowhere = service('nowhere', at())
  const tcp = service('tcp', { ...at('172.16.0.4'), ports: [port(9080, 'TCP')] })
  const withTcp = service('withtcp', at('172.16.0.4'))
  const alias = service('alias', { ...at(), resolution: 'dns' })
  const aliased = service('aliased', at('172.16.0.5'))
  const m = mesh({
    services: [...shared, range, headless, nowhere, tcp, withTcp, alias, aliased],
    endpoints: { alias: [endpoint(aliased.hostname, 9080)] },
  })
  const short = tableHosts(m).map(name => name.split('.')[0])
  assert.deepEqual(short, ['a', 'alias', 'aliased', 'b', 'headless', 'nowhere', 'range', 'withtcp', 'allow_any'])
  assert.deepEqual(names(sidecar(), m).routes, ['9080'])
})

test('without redirection nobody arrives at an address of a service: all are told by Host', () => {
  const m = mesh({ services: [service('reviews', at('172.16.0.1'))] })
  assert.deepEqual(names(sidecar({ redirect: 'none' }), m).routes, ['9080'])
})

test('a change of one VirtualService changes one route configuration; a change of a destination reaches those that send to it', () => {
  const services = [service('a', at('172.16.0.1')), service('b', at('172.16.0.2')), service('c', at('172.16.0.3'))]
  const rules = [destinationRule('b', ['v1'])]
  const before = mesh({
    services,
    destinationRules: rules,
    virtualServices: [virtualService('a', { http: [http({ route: [to('b', 'v1')] })] })],
  })
  const view = sidecar()
  const messages = (m: Mesh) => new Map(translate(view, m).routes.map(r => [r.name.split('.')[0]!, r.message]))
  const changed = (next: Mesh) => {
    const old = messages(before)
    return [...messages(next)].filter(([name, message]) => name !== '9080' && old.get(name) !== message).map(([n]) => n)
  }
  const c = virtualService('c', { http: [http({ route: [to('b')] })] })
  assert.deepEqual(changed({ ...before, virtualServices: [...before.virtualServices, c] }), ['c'])
  assert.deepEqual(changed({ ...before, destinationRules: [destinationRule('b', ['v2'])] }), ['a', 'b'])
  assert.deepEqual(changed({ ...before, destinationRules: [...rules] }), [])
})
