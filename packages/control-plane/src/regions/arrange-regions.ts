import type { Endpoint, Locality } from '../model/index.ts'
import type { LocalityGroup, Ordering } from './decision.ts'
import { byRank } from './groups.ts'

/** Own subzone, own zone, own region, then region after region, then the rest alike, then those of unknown region. */
export function arrangeRegions(
  ordering: Extract<Ordering, { kind: 'regions' }>,
  source: Locality,
  endpoints: readonly Endpoint[],
): LocalityGroup[][] {
  return byRank(allowed(ordering, endpoints), e => regionRank(ordering, e) * 4 + zoneRank(ordering, source, e))
}

/**
 * Without `rest` regions not named get nothing, even when nothing else is left: that is what the user asked for with `only`.
 * An endpoint of unknown region is kept all the same: it is not known to be elsewhere.
 */
export function allowed(
  ordering: { readonly order: readonly string[]; readonly rest: boolean; readonly shares?: object },
  endpoints: readonly Endpoint[],
): readonly Endpoint[] {
  if (ordering.rest) return endpoints
  const named = new Set([...ordering.order, ...Object.keys(ordering.shares ?? {})])
  return endpoints.filter(e => e.locality.region === '' || named.has(e.locality.region))
}

/** Place in the order; after it the rest, and after that the unknown. */
export function regionRank(ordering: { readonly order: readonly string[] }, e: Endpoint): number {
  if (e.locality.region === '') return ordering.order.length + 1
  const index = ordering.order.indexOf(e.locality.region)
  return index < 0 ? ordering.order.length : index
}

function zoneRank(ordering: { readonly zones: boolean }, source: Locality, e: Endpoint): number {
  const { region, zone, subzone } = e.locality
  if (!ordering.zones || region !== source.region || source.zone === '') return 0
  if (zone !== source.zone) return 2
  return source.subzone !== '' && subzone !== source.subzone ? 1 : 0
}
