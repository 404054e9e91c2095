import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MeshBuilder } from '../../src/sources/index.ts'
import { PlacedObjects } from '../../src/sources/placed-objects.ts'
import { readObjects } from '../../src/sources/yaml-file.ts'

const document = fc
  .tuple(
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.constantFrom('entry', 'rule', 'unused'),
    fc.integer({ min: 1, max: 3 }),
  )
  .map(([name, kind, n]) => {
    if (kind === 'unused') return `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}}\n`
    const host = `${name}.default.svc.cluster.local`
    return kind === 'entry'
      ? `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ${name}}
spec: {hosts: [${host}], resolution: STATIC, ports: [{number: ${n}, name: http, protocol: HTTP}], endpoints: [{address: 10.0.0.${n}}]}
`
      : `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ${name}}
spec: {host: ${host}, subsets: [{name: v${n}}]}
`
  })

test('whatever files come, change and go, the mesh is that of the files as they are in the end', () => {
  const texts = fc.array(document, { maxLength: 4 }).map(list => list.join('---\n'))
  const steps = fc.array(fc.tuple(fc.constantFrom('1.yaml', '2.yaml', '3.yaml'), texts), { maxLength: 12 })
  fc.assert(
    fc.property(steps, steps => {
      const followed = begin()
      for (const [file, text] of steps) {
        followed.write(file, text)
        followed.builder.flush()
      }
      const fresh = begin()
      for (const [file, text] of new Map(steps)) fresh.write(file, text)
      fresh.builder.flush()
      assert.deepEqual(shown(followed.builder), shown(fresh.builder))
    }),
  )
})

function begin() {
  const builder = new MeshBuilder({ schedule: () => {} })
  const placed = new PlacedObjects(builder)
  return { builder, write: (file: string, text: string) => placed.set(file, readObjects(text).objects) }
}

function shown({ mesh, findings }: MeshBuilder) {
  return { ...mesh, services: [...mesh.services].sort(), endpoints: [...mesh.endpoints].sort(), findings }
}
