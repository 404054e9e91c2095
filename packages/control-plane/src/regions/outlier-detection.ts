import type { OutlierDetection } from '../model/index.ts'
import type { EffectiveOutlierDetection } from './decision.ts'

/** Istio's defaults for fields left out of `outlierDetection` (istio/api, networking/v1alpha3/destination_rule.proto). */
const istio = { consecutive5xx: 5, intervalMs: 10_000, baseEjectionTimeMs: 30_000, maxEjectionPercent: 10 }

/**
 * What a policy supplies where nobody wrote anything. One gateway failure ejects, so that only the first attempt on each
 * broken pod fails; other 5xx answers (a bug in one page, say) need five in a row, as in Istio. The interval is how often
 * Envoy looks whether an ejection has ended; the ejection itself is at once.
 */
const policyDefaults = {
  consecutive5xx: 5,
  consecutiveGatewayFailure: 1,
  intervalMs: 1_000,
  baseEjectionTimeMs: 10_000,
  maxEjectionPercent: 100,
} as const

/** Istio's reading of what the user wrote. */
export function istioOutlierDetection(user: OutlierDetection): EffectiveOutlierDetection {
  return {
    consecutive5xx: user.consecutive5xxErrors ?? istio.consecutive5xx,
    consecutiveGatewayFailure: user.consecutiveGatewayErrors,
    consecutiveLocalOriginFailure: user.consecutiveLocalOriginFailures,
    splitExternalLocalOriginErrors: user.splitExternalLocalOriginErrors ?? false,
    intervalMs: user.intervalMs ?? istio.intervalMs,
    baseEjectionTimeMs: user.baseEjectionTimeMs ?? istio.baseEjectionTimeMs,
    maxEjectionPercent: user.maxEjectionPercent ?? istio.maxEjectionPercent,
    immediate: true,
  }
}

/** What was set on the user's behalf, and whether it took the place of something the user wrote. */
export interface Adjustment {
  readonly replaces: boolean
  /** `set maxEjectionPercent 100 because …` */
  readonly text: string
}

/**
 * Outlier detection that makes a policy do what it says. A field of the DestinationRule stands, then one of the policy,
 * then the default; but what would keep broken pods in use is replaced, and said.
 */
export function policyOutlierDetection(
  user: OutlierDetection | undefined,
  policy: { consecutive5xxErrors?: number; intervalMs?: number; baseEjectionTimeMs?: number },
  unansweredAfterMs: number | undefined,
): { readonly effective: EffectiveOutlierDetection; readonly adjustments: readonly Adjustment[] } {
  const adjustments: Adjustment[] = []
  const d = policyDefaults
  const written5xx = user?.consecutive5xxErrors ?? policy.consecutive5xxErrors
  const writtenGateway = user?.consecutiveGatewayErrors
  const detectsNothing = written5xx === 0 && !writtenGateway
  // A count somebody chose is the count that holds: the stricter default beside it would overrule it.
  const choseCount = (written5xx ?? 0) > 0 || (writtenGateway ?? 0) > 0

  if (!user && Object.keys(policy).length === 0)
    adjustments.push({
      replaces: false,
      text:
        'set outlierDetection (ejects on the first 502, 503, 504, refused or reset connection or timeout, on 5 other ' +
        '5xx answers in a row; baseEjectionTime 10s, maxEjectionPercent 100) because without it a broken pod is never left',
    })
  if (detectsNothing)
    adjustments.push({
      replaces: true,
      text: 'set consecutiveGatewayErrors 1 because consecutive5xxErrors 0 switches off the detection of broken pods',
    })
  if (user && user.maxEjectionPercent !== d.maxEjectionPercent)
    adjustments.push({
      replaces: user.maxEjectionPercent !== undefined,
      text:
        `set maxEjectionPercent 100 because ${user.maxEjectionPercent ?? `${istio.maxEjectionPercent} (Istio's default)`} ` +
        'would leave broken pods in use: it counts over the pods of all regions, and 10 of 3 pods is none',
    })
  const split = user?.splitExternalLocalOriginErrors ?? false
  const splitBlind = split && unansweredAfterMs !== undefined
  if (splitBlind)
    adjustments.push({
      replaces: true,
      text:
        'set splitExternalLocalOriginErrors false because with it Envoy counts each connection a hung pod accepts as a ' +
        'success, and never ejects it',
    })

  return {
    effective: {
      consecutive5xx: written5xx ?? d.consecutive5xx,
      consecutiveGatewayFailure: choseCount ? writtenGateway : d.consecutiveGatewayFailure,
      consecutiveLocalOriginFailure: user?.consecutiveLocalOriginFailures,
      splitExternalLocalOriginErrors: split && !splitBlind,
      intervalMs: user?.intervalMs ?? policy.intervalMs ?? d.intervalMs,
      baseEjectionTimeMs: user?.baseEjectionTimeMs ?? policy.baseEjectionTimeMs ?? d.baseEjectionTimeMs,
      maxEjectionPercent: d.maxEjectionPercent,
      immediate: true,
    },
    adjustments,
  }
}
