import type { Ordering, RetryDecision } from './decision.ts'

/** What is retried by default where a policy holds; measured on Envoy (docs/design/0002-regional-traffic.md). */
const idempotent = 'gateway-error,connect-failure,refused-stream,reset'
/** Only what cannot have reached the application: nothing that is not idempotent is sent twice. */
const notIdempotent = 'connect-failure,refused-stream,reset-before-request'

/**
 * Retries that hide the first failures after a region breaks. By priority, three reach from the own subzone over the zone
 * and the region to the next region. Where shares put all regions into one priority a retry can only avoid hosts, so it
 * takes more of them to get past a region's broken pods; the budget bounds what they cost.
 */
export function retryFor(ordering: Ordering, unansweredAfterMs: number | undefined): RetryDecision {
  return {
    retryOn: idempotent,
    retryOnNotIdempotent: notIdempotent,
    attempts: ordering.kind === 'shares' || ordering.kind === 'flat' ? 5 : 3,
    perTryTimeoutMs: unansweredAfterMs,
    previousHosts: true,
    previousPriorities: ordering.kind !== 'flat',
    // Attempts on hung pods end in clumps: fewer than 100 at once would drop some of their retries.
    budgetPercent: 20,
    minRetryConcurrency: 100,
  }
}

/** Milliseconds to connect under a policy: Envoy's 5 s and Istio's 10 s are a long outage when packets are dropped. */
export const policyConnectTimeoutMs = 1000
