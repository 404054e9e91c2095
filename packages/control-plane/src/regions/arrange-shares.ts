import type { Endpoint, Locality } from '../model/index.ts'
import { allowed, regionRank } from './arrange-regions.ts'
import type { LocalityGroup, Ordering } from './decision.ts'
import { byLocality, byRank, ownWeight, withOwnWeights } from './groups.ts'
import { exactWeights } from './weights.ts'

type Shares = Extract<Ordering, { kind: 'shares' }>

/** Regions with a share in the first priority, weighted; the others at later priorities. */
export function arrangeShares(
  ordering: Shares,
  source: Locality,
  endpoints: readonly Endpoint[],
): { readonly priorities: LocalityGroup[][]; readonly notes: readonly string[] } {
  const kept = allowed(ordering, endpoints)
  const regions = Map.groupBy(kept, e => e.locality.region)
  const { shares, notes } = present(ordering, source, regions)
  const first = kept.filter(e => shares.has(e.locality.region))
  const later = byRank(
    kept.filter(e => !shares.has(e.locality.region)),
    e => regionRank(ordering, e),
  )
  const priorities = [...(first.length > 0 ? [weighted(first, shares)] : []), ...later.map(withOwnWeights)]
  return { priorities, notes }
}

/**
 * The shares of the regions that have endpoints. The share of the source's own region, when nothing of it is healthy, goes
 * to the first region of the failover order that has healthy endpoints; where there is none it goes to all others, as does
 * the share of any other region without endpoints (Envoy scales by health what is there).
 */
function present(
  ordering: Shares,
  source: Locality,
  regions: ReadonlyMap<string, readonly Endpoint[]>,
): { readonly shares: ReadonlyMap<string, number>; readonly notes: readonly string[] } {
  const notes: string[] = []
  const shares = new Map(Object.entries(ordering.shares).filter(([, share]) => share > 0))
  const healthy = (region: string) => (regions.get(region) ?? []).some(e => e.health === 'healthy')

  const own = shares.get(source.region)
  if (own !== undefined && !healthy(source.region)) {
    const heir = ordering.order.find(region => region !== source.region && healthy(region))
    if (heir) {
      shares.set(heir, (shares.get(heir) ?? 0) + own)
      notes.push(`${source.region} has nothing healthy: its ${own}% go to ${heir}, the next of the failover order`)
    }
  }
  for (const [region, share] of [...shares]) {
    if (regions.has(region)) continue
    shares.delete(region)
    if (region !== source.region || notes.length === 0)
      notes.push(`${region} has no endpoint: its ${share}% go to the others`)
  }
  return { shares, notes }
}

/** A region's share, split over its localities by what their endpoints weigh. */
function weighted(endpoints: readonly Endpoint[], shares: ReadonlyMap<string, number>): LocalityGroup[] {
  const groups = byLocality(endpoints)
  const whole = new Map<string, number>()
  for (const g of groups) whole.set(g.locality.region, (whole.get(g.locality.region) ?? 0) + ownWeight(g))
  const weights = exactWeights(
    groups.map(g => ({
      share: Math.round(shares.get(g.locality.region) ?? 0),
      part: ownWeight(g),
      whole: whole.get(g.locality.region) ?? 1,
    })),
  )
  return groups.map((g, i) => ({ ...g, weight: weights[i] }))
}
