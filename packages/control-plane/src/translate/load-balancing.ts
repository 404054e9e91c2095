import { Cluster_LbPolicy, type ClusterSchema } from '@isthmus/envoy-api/envoy/config/cluster/v3/cluster'
import type { LoadBalancer } from '../model/index.ts'
import type { ClusterDecision } from './cluster-decision.ts'
import { duration } from './duration.ts'
import type { Init } from './translated.ts'

type Part = Pick<Init<typeof ClusterSchema>, 'lbPolicy' | 'lbConfig' | 'commonLbConfig'>

/** Istio's ring size where the user gives none. */
const minimumRingSize = 1024

/** Load balancer of a cluster with endpoints; Istio's default is least requests. */
export function loadBalancing(lb: LoadBalancer | undefined, decision: ClusterDecision): Part {
  return { ...policy(lb), commonLbConfig: common(decision) }
}

function policy(lb: LoadBalancer | undefined): Part {
  const hash = lb?.consistentHash
  if (hash?.maglev) {
    const { tableSize } = hash.maglev
    return {
      lbPolicy: Cluster_LbPolicy.MAGLEV,
      lbConfig: { case: 'maglevLbConfig', value: tableSize === undefined ? {} : { tableSize: BigInt(tableSize) } },
    }
  }
  if (hash) {
    return {
      lbPolicy: Cluster_LbPolicy.RING_HASH,
      lbConfig: {
        case: 'ringHashLbConfig',
        value: { minimumRingSize: BigInt(hash.ringHash?.minimumRingSize ?? minimumRingSize) },
      },
    }
  }
  const slowStartConfig = lb?.warmupDurationMs ? { slowStartWindow: duration(lb.warmupDurationMs) } : undefined
  switch (lb?.simple) {
    case 'RANDOM':
      return { lbPolicy: Cluster_LbPolicy.RANDOM }
    case 'ROUND_ROBIN':
      return {
        lbPolicy: Cluster_LbPolicy.ROUND_ROBIN,
        lbConfig: slowStartConfig && { case: 'roundRobinLbConfig', value: { slowStartConfig } },
      }
    default:
      return {
        lbPolicy: Cluster_LbPolicy.LEAST_REQUEST,
        lbConfig: slowStartConfig && { case: 'leastRequestLbConfig', value: { slowStartConfig } },
      }
  }
}

/** What regions decided: when to panic, whether regions have weights. */
function common(decision: ClusterDecision): Part['commonLbConfig'] {
  return {
    healthyPanicThreshold: { value: decision.panicThresholdPercent },
    localityConfigSpecifier: decision.localityWeighted ? { case: 'localityWeightedLbConfig', value: {} } : undefined,
    // Envoy would hold back changes of health (ejections, and readiness sent by EDS) for up to a second.
    updateMergeWindow: duration(0),
  }
}
