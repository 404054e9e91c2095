import type { Endpoint, Locality } from '../model/index.ts'
import type { LocalityGroup } from './decision.ts'
import { byLocality, byRank, ownWeight, withOwnWeights } from './groups.ts'
import { localityMatches, placeLabels, specificity } from './locality-match.ts'
import { exactWeights } from './weights.ts'

/**
 * Istio's distribute: each pattern's weight over the localities it matches, by what their endpoints weigh; the others get
 * nothing. Where that would leave nothing at all, all are used alike instead: a service that is there is never emptied.
 */
export function arrangeDistribute(
  to: Readonly<Record<string, number>>,
  endpoints: readonly Endpoint[],
): { readonly priorities: LocalityGroup[][]; readonly notes: readonly string[] } {
  const patterns = Object.keys(to)
    .filter(p => (to[p] ?? 0) > 0)
    .toSorted((a, b) => specificity(b) - specificity(a) || (a < b ? -1 : 1))
  const claimed = byLocality(endpoints).map(g => ({ g, by: patterns.find(p => localityMatches(p, g.locality)) }))
  const used = claimed.filter(c => c.by !== undefined) as { g: LocalityGroup; by: string }[]
  if (used.length === 0 && endpoints.length > 0)
    return {
      priorities: [withOwnWeights(byLocality(endpoints))],
      notes: ['localityLbSetting.distribute names no locality that has endpoints: all are used alike'],
    }
  if (used.length === 0) return { priorities: [], notes: [] }
  const whole = (pattern: string) => used.filter(u => u.by === pattern).reduce((sum, u) => sum + ownWeight(u.g), 0)
  const weights = exactWeights(used.map(u => ({ share: to[u.by] ?? 0, part: ownWeight(u.g), whole: whole(u.by) })))
  const dropped = claimed.filter(c => c.by === undefined).flatMap(c => c.g.endpoints).length
  return {
    priorities: [used.map((u, i) => ({ ...u.g, weight: weights[i] }))],
    notes: dropped > 0 ? [`localityLbSetting.distribute gives nothing to ${dropped} endpoints, as in Istio`] : [],
  }
}

/** Istio's failover: 0 own subzone, 1 own zone, 2 own region, 3 the rule's region (or any, without a rule), 4 the others. */
export function arrangeIstioFailover(
  rules: readonly { readonly from: string; readonly to: string }[],
  source: Locality,
  endpoints: readonly Endpoint[],
): LocalityGroup[][] {
  const rule = rules.find(r => r.from === source.region)
  return byRank(endpoints, ({ locality }) => {
    if (locality.region !== source.region) return rule && locality.region !== rule.to ? 4 : 3
    if (locality.zone !== source.zone) return 2
    return locality.subzone === source.subzone ? 0 : 1
  })
}

/** Istio's failoverPriority: the more of the labels match, counted from the first, the earlier. */
export function arrangeFailoverPriority(
  keys: readonly string[],
  labels: Readonly<Record<string, string>>,
  endpoints: readonly Endpoint[],
): LocalityGroup[][] {
  const wanted = keys.map(key => {
    const [label = '', value] = key.split('=', 2)
    return { label, value: value ?? labels[label] }
  })
  return byRank(endpoints, e => {
    const own = placeLabels(e.locality, e.labels, { cluster: e.cluster, network: e.network })
    const matched = wanted.findIndex(w => own[w.label] !== w.value)
    return matched < 0 ? 0 : wanted.length - matched
  })
}
