import type { Ordering, RetryDecision } from './decision.ts'

/** What is retried by default where a policy holds; measured on Envoy (docs/design/0002-regional-traffic.md). */
const idempotent = 'gateway-error,connect-failure,refused-stream,reset'
/** Only what cannot have reached the application: nothing that is not idempotent is sent twice. */
const notIdempotent = 'connect-failure,refused-stream,reset-before-request'

/**
 * Retries that hide the first failures after a region breaks. Three would reach from the own subzone over the zone and the
 * region to the next region. Five, because a region that cannot be reached takes some first: with all local pods ejected
 * as slow, each try there is a connect timeout on another pod, until those are ejected too. And where shares put all regions
 * into one priority a retry can only avoid hosts. The budget bounds what they cost.
 */
export function retryFor(ordering: Ordering, unansweredAfterMs: number | undefined): RetryDecision {
  return {
    retryOn: idempotent,
    retryOnNotIdempotent: notIdempotent,
    attempts: 5,
    perTryTimeoutMs: unansweredAfterMs,
    // Slow is not lost: where the other region cannot be reached, the slow answer is the only one there will be.
    hedge: unansweredAfterMs !== undefined,
    previousHosts: true,
    previousPriorities: ordering.kind !== 'flat',
    // Attempts on hung pods end in clumps: fewer than 100 at once would drop some of their retries.
    budgetPercent: 20,
    minRetryConcurrency: 100,
  }
}

/** Milliseconds to connect under a policy: Envoy's 5 s and Istio's 10 s are a long outage when packets are dropped. */
export const policyConnectTimeoutMs = 1000
