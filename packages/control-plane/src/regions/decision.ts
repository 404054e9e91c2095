import type { Endpoint, Finding, Locality, Origin } from '../model/index.ts'

/**
 * What regional policy decides for one service as seen from one source, before any endpoint is looked at: so a change of
 * endpoints never changes a cluster or a route. `arrange` then puts endpoints in its order.
 */
export interface Decision {
  readonly mode: 'none' | 'istio' | 'failover' | 'distribution' | 'both'
  readonly source: Locality
  readonly ordering: Ordering
  /** Envoy's overprovisioning_factor in percent; 140 is Envoy's own. */
  readonly overprovisioningFactor: number
  /** Envoy's healthy_panic_threshold in percent. */
  readonly panicThresholdPercent: number
  /** True where localities carry weights (locality_weighted_lb_config). */
  readonly localityWeighted: boolean
  /** Complete: what the user wrote, with what the policy needs filled in. Undefined: none. */
  readonly outlierDetection?: EffectiveOutlierDetection
  /** Default retries of routes to this service; a VirtualService's own `retries` beats it. */
  readonly retry?: RetryDecision
  /** Milliseconds to connect, where the user's connectionPool sets none: a pod whose packets are dropped is seen by this. */
  readonly connectTimeoutMs?: number
  /** The policy or DestinationRule that decided. */
  readonly decidedBy?: Origin
  /** For people: why, in order. */
  readonly reasons: readonly string[]
  readonly findings: readonly Finding[]
}

export type Ordering =
  /** All endpoints alike, one priority. */
  | { readonly kind: 'flat' }
  /**
   * Priorities by region, first the source's own. `zones`: inside the own region by subzone and zone, as Istio; else the
   * region is one priority, so that a threshold counts over all of it. `rest`: regions not named follow, last.
   */
  | { readonly kind: 'regions'; readonly order: readonly string[]; readonly zones: boolean; readonly rest: boolean }
  /**
   * Shares by region in priority 0 (they add up to 100), then regions without a share in order, then the rest.
   * `order` is the failover order: the share of the source's own region, when that is lost, goes to the first of it that
   * has healthy endpoints.
   */
  | {
      readonly kind: 'shares'
      readonly shares: Readonly<Record<string, number>>
      readonly order: readonly string[]
      readonly rest: boolean
    }
  /** Istio's localityLbSetting.distribute: weights by locality pattern (`region/zone/*`); others get nothing. */
  | { readonly kind: 'distribute'; readonly to: Readonly<Record<string, number>> }
  /** Istio's failover: same subzone, zone, region, then the rule's region, then others. */
  | { readonly kind: 'istioFailover'; readonly rules: readonly { readonly from: string; readonly to: string }[] }
  /** Istio's failoverPriority: by how many of these labels match, in order. `labels` are the source's. */
  | {
      readonly kind: 'failoverPriority'
      readonly keys: readonly string[]
      readonly labels: Readonly<Record<string, string>>
    }

/** Envoy's success-rate and failure-percentage ejection stay off, as in Istio. */
export interface EffectiveOutlierDetection {
  /** 0: off. */
  readonly consecutive5xx: number
  /** 502, 503, 504, and what counts as them: refused and reset connections, timeouts. Undefined or 0: off. */
  readonly consecutiveGatewayFailure?: number
  readonly consecutiveLocalOriginFailure?: number
  readonly splitExternalLocalOriginErrors: boolean
  readonly intervalMs: number
  readonly baseEjectionTimeMs: number
  readonly maxEjectionPercent: number
  /** Sent as update_merge_window: 0s, so that each ejection counts at once. */
  readonly immediate: boolean
}

export interface RetryDecision {
  readonly retryOn: string
  /** For requests that are not idempotent (POST, PATCH): only before anything was sent. */
  readonly retryOnNotIdempotent: string
  readonly attempts: number
  readonly perTryTimeoutMs?: number
  /**
   * An attempt that is slower than `perTryTimeoutMs` is not given up when the next one starts: the first good answer of all
   * is taken (Envoy's hedge_on_per_try_timeout). Never for what is not idempotent.
   */
  readonly hedge: boolean
  /** Not a host that was tried, nor (previous_priorities with update_frequency 1) a priority that was. */
  readonly previousHosts: boolean
  readonly previousPriorities: boolean
  /** Cluster-wide retry budget instead of Envoy's three at once. */
  readonly budgetPercent: number
  readonly minRetryConcurrency: number
}

/** Endpoints in the decision's order, ready to become a ClusterLoadAssignment. */
export interface Arrangement {
  /** Index is Envoy's priority; without gaps. */
  readonly priorities: readonly (readonly LocalityGroup[])[]
  /** What these endpoints made necessary, for people: a share without an endpoint, a lost region's share moved. */
  readonly notes?: readonly string[]
}

export interface LocalityGroup {
  readonly locality: Locality
  /** Present where the decision is locality-weighted. */
  readonly weight?: number
  readonly endpoints: readonly Endpoint[]
}
