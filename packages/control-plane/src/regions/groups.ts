import type { Endpoint, Locality } from '../model/index.ts'
import type { LocalityGroup } from './decision.ts'

/** Endpoints in a fixed order (locality, address, port), each address and port once: Envoy drops a second one. */
export function inOrder(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const seen = new Set<string>()
  return endpoints.toSorted(byPlace).filter(e => {
    const key = `${e.address}|${e.port}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** Envoy adds up what the endpoints of a locality weigh, and the localities of a priority, and refuses more than a uint32. */
const maxSum = 0x7fffffff

/** The same endpoints where their weights add up to what Envoy takes, else with lesser weights in the same ratio, none 0. */
export function fittingWeights(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const sum = endpoints.reduce((all, e) => all + e.weight, 0)
  if (!(sum > maxSum)) return endpoints
  return endpoints.map(e => ({ ...e, weight: Math.max(1, Math.floor((e.weight / sum) * maxSum)) }))
}

/** One group a locality, in the order of the endpoints given. */
export function byLocality(endpoints: readonly Endpoint[]): readonly LocalityGroup[] {
  const groups = new Map<string, { locality: Locality; endpoints: Endpoint[] }>()
  for (const e of endpoints) {
    const key = JSON.stringify([e.locality.region, e.locality.zone, e.locality.subzone])
    const group = groups.get(key)
    if (group) group.endpoints.push(e)
    else groups.set(key, { locality: e.locality, endpoints: [e] })
  }
  return [...groups.values()]
}

/** Endpoints by the priority `rank` gives them, without gaps: Envoy refuses a list that skips one. */
export function byRank(endpoints: readonly Endpoint[], rank: (e: Endpoint) => number): LocalityGroup[][] {
  const ranked = [...Map.groupBy(endpoints, rank)].toSorted(([a], [b]) => a - b)
  return ranked.map(([, same]) => [...byLocality(same)])
}

/** What a group counts for when nobody gives it a share: its endpoints' own weights. */
export function ownWeight(group: Pick<LocalityGroup, 'endpoints'>): number {
  return group.endpoints.reduce((sum, e) => sum + Math.max(1, Math.round(e.weight)), 0)
}

/** Where localities are weighted, one without a weight gets nothing: every group gets one. */
export function withOwnWeights(groups: readonly LocalityGroup[]): LocalityGroup[] {
  return groups.map(g => ({ ...g, weight: ownWeight(g) }))
}

function byPlace(a: Endpoint, b: Endpoint): number {
  return (
    compare(a.locality.region, b.locality.region) ||
    compare(a.locality.zone, b.locality.zone) ||
    compare(a.locality.subzone, b.locality.subzone) ||
    compare(a.address, b.address) ||
    a.port - b.port ||
    compare(a.cluster, b.cluster) ||
    compare(a.pod, b.pod)
  )
}

/** By code unit, so that it is the same everywhere. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
