import type { CircuitBreakersSchema } from '@isthmus/envoy-api/envoy/config/cluster/v3/circuit_breaker'
import type { ConnectionPool } from '../model/index.ts'
import type { RetryDecision } from '../regions/decision.ts'
import type { Init } from './translated.ts'

/** Istio's "no limit". Envoy's own defaults (1024, and three retries at once) would drop retries in a burst of failures. */
const unlimited = 4294967295

/** Limits of a cluster. A retry budget stands in for a number of retries unless the user wrote one (`maxRetries`). */
export function circuitBreakers(
  pool: ConnectionPool | undefined,
  retry: RetryDecision | undefined,
): Init<typeof CircuitBreakersSchema> {
  const budget =
    retry && pool?.http?.maxRetries === undefined
      ? { budgetPercent: { value: retry.budgetPercent }, minRetryConcurrency: retry.minRetryConcurrency }
      : undefined
  return {
    thresholds: [
      {
        maxConnections: pool?.tcp?.maxConnections ?? unlimited,
        maxPendingRequests: pool?.http?.http1MaxPendingRequests ?? unlimited,
        maxRequests: pool?.http?.http2MaxRequests ?? unlimited,
        maxRetries: pool?.http?.maxRetries ?? unlimited,
        retryBudget: budget,
        trackRemaining: true,
      },
    ],
  }
}
