import assert from 'node:assert/strict'
import { test } from 'node:test'
import { patchedList } from '../../src/collections/index.ts'
import { byAge, type VirtualService } from '../../src/model/index.ts'
import { scopeOf } from '../../src/translate/scope.ts'
import { meshVirtualServices } from '../../src/translate/virtual-services.ts'
import { mesh, service, sidecar, virtualService } from './world.ts'

test('hosts that no service has are in the order of their rules, whatever came first', () => {
  const [old, young] = [virtualService('y.example', {}), { ...virtualService('x.example', {}), createdAt: 1 }]
  const wanted = [
    ['y.example', old],
    ['x.example', young],
  ]
  const found = (rules: readonly VirtualService[], services = [service('a', {})]) => {
    const m = mesh({ services, virtualServices: rules })
    return meshVirtualServices(scopeOf(sidecar(), m)).without(m.services)
  }
  for (const [first, second] of [
    [old, young],
    [young, old],
  ] as const) {
    const before = [first]
    assert.deepEqual(found(before), [[first.hosts[0], first]])
    assert.deepEqual(found(patchedList(before, [{ item: second, gone: false }], byAge)), wanted)
  }
  assert.deepEqual(found([old, young], [{ ...service('a', {}), hostname: 'y.example' }]), wanted.slice(1))
})
