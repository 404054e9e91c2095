import type { OutlierDetectionSchema } from '@isthmus/envoy-api/envoy/config/cluster/v3/outlier_detection'
import type { EffectiveOutlierDetection } from '../regions/decision.ts'
import { duration } from './duration.ts'
import type { Init } from './translated.ts'

/** What regions decided, in Envoy's words. As in Istio, success rates never eject, and a count that is set is enforced in full. */
export function outlierDetection(o: EffectiveOutlierDetection): Init<typeof OutlierDetectionSchema> {
  return {
    ...count('consecutive5xx', 'enforcingConsecutive5xx', o.consecutive5xx),
    ...count('consecutiveGatewayFailure', 'enforcingConsecutiveGatewayFailure', o.consecutiveGatewayFailure ?? 0),
    splitExternalLocalOriginErrors: o.splitExternalLocalOriginErrors,
    ...(o.splitExternalLocalOriginErrors
      ? {
          ...count(
            'consecutiveLocalOriginFailure',
            'enforcingConsecutiveLocalOriginFailure',
            o.consecutiveLocalOriginFailure ?? 5,
          ),
          enforcingLocalOriginSuccessRate: 0,
        }
      : {}),
    enforcingSuccessRate: 0,
    interval: duration(o.intervalMs),
    baseEjectionTime: duration(o.baseEjectionTimeMs),
    maxEjectionPercent: o.maxEjectionPercent,
  }
}

function count(field: string, enforcing: string, value: number) {
  return value > 0 ? { [field]: value, [enforcing]: 100 } : { [enforcing]: 0 }
}
