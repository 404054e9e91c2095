import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mergeDelegates, meshContext, parseVirtualService } from '../../src/istio/index.ts'
import { rule } from '../sources/objects.ts'

const parse = (name: string, spec: object) => {
  const { value, findings } = parseVirtualService(rule('VirtualService', name, spec), meshContext)
  assert.ok(value, JSON.stringify(findings))
  return value
}

test('a team keeps its own routes in a delegate, below the prefix it was given', () => {
  const root = parse('root', {
    hosts: ['shop.example.com'],
    gateways: ['gw'],
    http: [
      { match: [{ uri: { prefix: '/reviews' } }], delegate: { name: 'reviews', namespace: 'default' }, timeout: '2s' },
    ],
  })
  const reviews = parse('reviews', {
    http: [
      { match: [{ uri: { prefix: '/reviews/v2' } }], route: [{ destination: { host: 'reviews', subset: 'v2' } }] },
      { match: [{ uri: { prefix: '/elsewhere' } }], route: [{ destination: { host: 'reviews' } }] },
      { route: [{ destination: { host: 'reviews' } }] },
    ],
  })
  const { virtualServices, findings } = mergeDelegates([root, reviews])
  assert.equal(virtualServices.length, 1)
  assert.deepEqual(
    virtualServices[0]?.http.map(r => [r.match[0]?.uri?.value, r.route[0]?.destination.subset, r.timeoutMs]),
    [
      ['/reviews/v2', 'v2', 2000],
      ['/reviews', undefined, 2000],
    ],
  )
  assert.deepEqual(
    findings.map(f => [f.code, f.field]),
    [['ISM2009', 'spec.http[0].delegate']],
  )
})

test('a delegate that is not there is told; the other routes stand', () => {
  const root = parse('root', {
    hosts: ['a.example.com'],
    http: [{ delegate: { name: 'none' } }, { route: [{ destination: { host: 'a' } }] }],
  })
  const { virtualServices, findings } = mergeDelegates([root])
  assert.equal(virtualServices[0]?.http.length, 1)
  assert.match(findings[0]?.message ?? '', /default\/none/)
})
