import type { Locality } from '../model/index.ts'

/** Istio's patterns: `*`, `region`, `region/*`, `region/zone`, `region/zone/*`, `region/zone/subzone`. */
export function localityMatches(pattern: string, locality: Locality): boolean {
  const parts = pattern.split('/')
  const values = [locality.region, locality.zone, locality.subzone]
  return parts.every((part, i) => part === '*' || part === '' || part === values[i])
}

/** How many parts a pattern fixes: the more specific one claims an endpoint first. */
export function specificity(pattern: string): number {
  return pattern.split('/').filter(part => part !== '*' && part !== '').length
}

/** The labels that stand for a place, filled in from the locality where the workload does not carry them itself. */
export function placeLabels(
  locality: Locality,
  labels: Readonly<Record<string, string>>,
  more: { cluster?: string; network?: string } = {},
): Readonly<Record<string, string>> {
  const places: [string, string | undefined][] = [
    ['topology.kubernetes.io/region', locality.region],
    ['topology.kubernetes.io/zone', locality.zone],
    ['topology.istio.io/subzone', locality.subzone],
    ['topology.istio.io/cluster', more.cluster],
    ['topology.istio.io/network', more.network],
  ]
  return { ...Object.fromEntries(places.filter(([, value]) => value)), ...labels } as Record<string, string>
}
