import type { RuleMeta } from './traffic.ts'

/** `RegionalTrafficPolicy` (mesh.isthmus.dev/v1alpha1): what happens between regions, mesh-wide or for named services. */
export interface RegionalTrafficPolicy extends RuleMeta {
  /** Fully qualified hosts; empty: mesh-wide. A policy for named services beats the mesh-wide one for them. */
  readonly services: readonly string[]
  readonly failover?: {
    readonly enabled: boolean
    readonly rules: readonly FailoverRule[]
  }
  readonly distribution?: {
    readonly enabled: boolean
    /** entry: decided once, by the gateways of the source region. everyHop: Istio's way. */
    readonly at: 'entry' | 'everyHop'
    readonly rules: readonly DistributionRule[]
  }
  /** A pod that has not answered after this long counts as failed. No default. */
  readonly unansweredAfterMs?: number
  readonly outlierDetection?: {
    readonly consecutive5xxErrors?: number
    readonly intervalMs?: number
    readonly baseEjectionTimeMs?: number
  }
}

export interface FailoverRule {
  /** The region in which the failure occurs. */
  readonly from: string
  /** Regions that take over, in order. */
  readonly to: readonly string[]
  /** True: no other region than those in `to`. */
  readonly only: boolean
  /** Percent of healthy endpoints below which traffic leaves; undefined: Envoy's 1/1.4. */
  readonly thresholdPercent?: number
}

export interface DistributionRule {
  readonly from: string
  /** Region to percent, whole numbers; what is missing to 100 stays in `from`. */
  readonly to: Readonly<Record<string, number>>
}
