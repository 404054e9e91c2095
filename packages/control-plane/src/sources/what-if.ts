import type { KubeObject } from '@isthmus/kubernetes'
import type { Finding, Mesh } from '../model/index.ts'
import { checkObject } from './check-object.ts'
import { keyOf } from './mesh-builder.ts'
import { isRuleKind, RuleTables } from './rule-table.ts'

/** One object as it would be, or without it. */
export interface Supposed {
  readonly object: KubeObject
  readonly deleted: boolean
}

/**
 * The mesh as it would be with one rule changed, and what is wrong with the object itself. `present`: every object of its
 * kind as it is now. Kinds that are no rule leave the mesh as it is. Pure.
 */
export function suppose(
  mesh: Mesh,
  present: readonly KubeObject[],
  { object, deleted }: Supposed,
): { readonly mesh: Mesh; readonly findings: readonly Finding[] } {
  const context = { cluster: '', domain: mesh.config.domain }
  const findings = deleted ? [] : (checkObject(object, context) ?? [])
  if (!isRuleKind(object.kind)) return { mesh, findings }
  const tables = new RuleTables()
  const key = keyOf(object)
  const others = present.filter(o => keyOf(o) !== key)
  for (const other of others) tables.set(other.kind, keyOf(other), other, context)
  if (!deleted) {
    // As old as it is; what is new is the youngest, as it would be (objects from files have no age at all).
    const now = present.find(o => keyOf(o) === key)
    const aged = present.some(o => o.metadata.creationTimestamp !== undefined)
    const creationTimestamp = now ? now.metadata.creationTimestamp : aged ? '9999-12-31T23:59:59Z' : undefined
    tables.set(object.kind, key, { ...object, metadata: { ...object.metadata, creationTimestamp } }, context)
  }
  const changed = [...tables.settle()]
  if (changed.length === 0 && present.length === 0) return { mesh, findings }
  const table = tableOf[object.kind]
  return { mesh: table ? { ...mesh, [table]: tables.rules[table] } : mesh, findings }
}

const tableOf: Readonly<Record<string, keyof RuleTables['rules']>> = {
  Gateway: 'gateways',
  VirtualService: 'virtualServices',
  DestinationRule: 'destinationRules',
  Sidecar: 'sidecars',
  RegionalTrafficPolicy: 'regionalPolicies',
}
