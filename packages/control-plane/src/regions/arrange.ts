import type { Endpoint } from '../model/index.ts'
import { arrangeDistribute, arrangeFailoverPriority, arrangeIstioFailover } from './arrange-istio.ts'
import { arrangeRegions } from './arrange-regions.ts'
import { arrangeShares } from './arrange-shares.ts'
import type { Arrangement, Decision } from './decision.ts'
import { byLocality, fittingWeights, inOrder } from './groups.ts'

/**
 * Endpoints in the decision's order, for a ClusterLoadAssignment. Whatever order they come in, the answer is the same; each
 * stands in exactly one group; priorities have no gaps. Unhealthy ones keep their place, since shares and thresholds are
 * counted over what should be there; those that drain are to go and are left out, as in Istio: a rolling update would
 * otherwise look like a region losing half its pods. They stay only while the policy leaves nothing else. Pure.
 */
export function arrange(decision: Pick<Decision, 'ordering' | 'source'>, endpoints: readonly Endpoint[]): Arrangement {
  const staying = endpoints.filter(e => e.health !== 'draining')
  const arrangement = place(decision, staying)
  if (arrangement.priorities.length > 0 || staying.length === endpoints.length) return arrangement
  return place(decision, endpoints)
}

function place(
  { ordering, source }: Pick<Decision, 'ordering' | 'source'>,
  endpoints: readonly Endpoint[],
): Arrangement {
  const all = fittingWeights(inOrder(endpoints))
  switch (ordering.kind) {
    case 'flat':
      return { priorities: all.length > 0 ? [byLocality(all)] : [] }
    case 'regions':
      return { priorities: arrangeRegions(ordering, source, all) }
    case 'shares':
      return arrangeShares(ordering, source, all)
    case 'distribute':
      return arrangeDistribute(ordering.to, all)
    case 'istioFailover':
      return { priorities: arrangeIstioFailover(ordering.rules, source, all) }
    case 'failoverPriority':
      return { priorities: arrangeFailoverPriority(ordering.keys, ordering.labels, all) }
  }
}
