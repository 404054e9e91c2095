import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { SidecarScope } from '../../src/model/index.ts'
import { clustersOf, translate } from '../../src/translate/index.ts'
import { scopeOf } from '../../src/translate/scope.ts'
import { serviceVisible } from '../../src/translate/visibility.ts'
import { VisibleFrom } from '../../src/translate/visible.ts'
import { endpoint, fqdn, http, mesh, origin, service, sidecar, to, virtualService } from './world.ts'

/* What a Sidecar resource and exportTo leave of the mesh. */

const sidecarOf = (namespace: string, egressHosts: readonly string[]): SidecarScope => ({
  ...{ name: 'default', namespace, createdAt: 0, exportTo: ['*'], workloadSelector: {}, egressHosts },
  origin: origin('Sidecar', 'default', namespace),
})

test('clusters, listeners, routes and endpoints follow the hosts of the Sidecar', () => {
  const at = (address: string) => ({ addresses: new Map([['ack-hangzhou', [address]]]) })
  const services = [
    service('a', { namespace: 'shop', ...at('172.16.0.1') }),
    service('b', { namespace: 'shop', ...at('172.16.0.2') }),
    service('c', { namespace: 'bank', ...at('172.16.0.3') }),
  ]
  const names = [fqdn('a', 'shop'), fqdn('b', 'shop'), fqdn('c', 'bank')]
  const m = mesh({
    services,
    endpoints: Object.fromEntries(names.map(name => [name, [endpoint('10.0.0.1', 9080)]])),
    virtualServices: names.map(name => virtualService(name, { hosts: [name], http: [http({ route: [to(name)] })] })),
    sidecars: [sidecarOf('shop', ['shop/*']), sidecarOf('desk', ['bank/*', `shop/${fqdn('a', 'shop')}`])],
  })
  const seen = (namespace: string) => {
    const view = sidecar({ namespace })
    const t = translate(view, m)
    const of = (list: readonly { readonly name: string }[]) => list.map(r => r.name).join('\n')
    const address = ['172.16.0.1_', '172.16.0.2_', '172.16.0.3_']
    return names.map((name, i) => [
      of(t.clusters).includes(name),
      of(t.routes).includes(name),
      of(t.listeners).includes(address[i]!),
      clustersOf(view, m, name).length > 0,
    ])
  }
  const [all, none] = [
    [true, true, true, true],
    [false, false, false, false],
  ]
  assert.deepEqual(seen('shop'), [all, all, none])
  assert.deepEqual(seen('desk'), [all, none, all])
  assert.deepEqual(seen('elsewhere'), [all, all, all])
})

test('what is found by namespaces is what looking at everything finds, in the same order', () => {
  const namespaces = ['shop', 'bank', 'desk'] as const
  const hosts = fc.constantFrom('*/*', './*', 'shop/*', 'bank/a.bank.svc.cluster.local', '~/*', 'desk/*')
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...namespaces)), {
        selector: String,
      }),
      fc.array(fc.constantFrom([], ['*'], ['.'], ['bank'], ['.', 'desk'], ['~']), { minLength: 9, maxLength: 9 }),
      fc.constantFrom(...namespaces),
      fc.option(fc.array(hosts, { maxLength: 3 })),
      (placed, exports, namespace, egress) => {
        const services = placed.map(([name, of], i) => service(name, { namespace: of, exportTo: exports[i] ?? [] }))
        const own = egress && sidecarOf(namespace, egress)
        const m = mesh({ services, sidecars: own ? [own] : [] })
        const scope = scopeOf(sidecar({ namespace }), m)
        const brute = services
          .filter(s => serviceVisible(s, namespace, own ?? undefined))
          .map(s => s.hostname)
          .sort()
        assert.deepEqual(
          scope
            .services()
            .flat()
            .map(s => s.hostname),
          brute,
        )
        const listed = new VisibleFrom(services).candidates(namespace, own ?? undefined)
        assert.deepEqual(
          listed,
          services.filter(s => listed.includes(s)),
        )
      },
    ),
    { numRuns: 300 },
  )
})
