import { type Locality, type Origin, parseLocality, unknownLocality } from '../model/index.ts'
import type { Reader } from './reader.ts'
import type { ParseContext, Parsed, RawObject } from './report.ts'
import { openRule } from './rule.ts'

/** A machine outside Kubernetes: a WorkloadEntry, or one of a ServiceEntry's endpoints. */
export interface EntryWorkload {
  readonly namespace: string
  /** '' for an endpoint written into a ServiceEntry. */
  readonly name: string
  readonly address: string
  readonly ports: Readonly<Record<string, number>>
  readonly labels: Readonly<Record<string, string>>
  readonly locality: Locality
  readonly network: string
  readonly weight: number
  readonly serviceAccount: string
  readonly origin: Origin
}

export function parseWorkloadEntry(object: RawObject, context: ParseContext): Parsed<EntryWorkload> {
  const rule = openRule(object, context)
  const { name, namespace, origin } = rule.meta
  const value = readEntry(rule.spec, { name, namespace, origin, addressRequired: true })
  rule.spec.done()
  return rule.report.result(value)
}

/** The fields a WorkloadEntry and a ServiceEntry's endpoint share. */
export function readEntry(
  entry: Reader,
  of: { name: string; namespace: string; origin: Origin; addressRequired: boolean },
): EntryWorkload {
  const address = of.addressRequired ? entry.text('address') : (entry.string('address') ?? '')
  if (address.startsWith('unix://')) entry.error('address', 'a unix socket is not supported')
  const locality = entry.string('locality')
  return {
    namespace: of.namespace,
    name: of.name,
    address,
    ports: entry.numbers('ports', { min: 1, max: 65535 }),
    labels: entry.map('labels'),
    locality: locality ? parseLocality(locality) : unknownLocality,
    network: entry.string('network') ?? '',
    weight: entry.number('weight') || 1,
    serviceAccount: entry.string('serviceAccount') ?? '',
    origin: of.origin,
  }
}
