import type { RetryPolicySchema, RouteActionSchema } from '@isthmus/envoy-api/envoy/config/route/v3/route_components'
import { PreviousHostsPredicateSchema } from '@isthmus/envoy-api/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts'
import { PreviousPrioritiesConfigSchema } from '@isthmus/envoy-api/envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config'
import type { HttpRoute } from '../model/index.ts'
import type { RetryDecision } from '../regions/decision.ts'
import { duration, optionalDuration } from './duration.ts'
import { filter } from './pack.ts'
import type { Init } from './translated.ts'

type Policy = Init<typeof RetryPolicySchema>
type Hedge = Pick<Init<typeof RouteActionSchema>, 'hedgePolicy' | 'idleTimeout'>

/** Retries of a route. `notIdempotent` is there where requests that are not idempotent need others. */
export interface Retries {
  readonly policy: Policy | undefined
  readonly notIdempotent?: Policy
  /** Goes with `policy`, never with `notIdempotent`, which would be sent twice. */
  readonly hedge?: Hedge
}

const otherHosts = filter('envoy.retry_host_predicates.previous_hosts', PreviousHostsPredicateSchema, {})
const otherPriorities = filter('envoy.retry_priorities.previous_priorities', PreviousPrioritiesConfigSchema, {
  updateFrequency: 1,
})

const istioRetryOn = 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes'
const istioAttempts = 2
/** How often Envoy looks for a host that was not tried; Istio's. */
const hostSelectionAttempts = 5n

/**
 * With hedging the last attempt is waited for without end, when every pod everywhere hangs. Envoy's own default for streams
 * that nothing moves on bounds that; a shorter one would end event streams that are only quiet.
 */
const hedge: Hedge = { hedgePolicy: { hedgeOnPerTryTimeout: true }, idleTimeout: duration(300_000) }

/** What the VirtualService says, else what regional policy says, else Istio's default. */
export function retries(written: HttpRoute['retries'], decision: RetryDecision | undefined): Retries {
  if (written) return { policy: written.attempts > 0 ? writtenPolicy(written, decision) : undefined }
  if (!decision) {
    return { policy: policy({ on: istioRetryOn, attempts: istioAttempts, hosts: true, priorities: false }) }
  }
  const shared = {
    attempts: decision.attempts,
    perTryTimeoutMs: decision.perTryTimeoutMs,
    hosts: decision.previousHosts,
    priorities: decision.previousPriorities,
  }
  const same = decision.retryOn === decision.retryOnNotIdempotent
  return {
    policy: policy({ on: decision.retryOn, ...shared }),
    notIdempotent: same ? undefined : policy({ on: decision.retryOnNotIdempotent, ...shared }),
    hedge: decision.hedge && !same ? hedge : undefined,
  }
}

/** A regional policy's `unansweredAfter` holds where the VirtualService says nothing of how long a try may take. */
function writtenPolicy(r: NonNullable<HttpRoute['retries']>, decision: RetryDecision | undefined): Policy {
  const base = policy({
    on: r.retryOn || istioRetryOn,
    attempts: r.attempts,
    perTryTimeoutMs: r.perTryTimeoutMs ?? decision?.perTryTimeoutMs,
    hosts: true,
    priorities: r.retryRemoteLocalities ?? false,
  })
  return r.backoffMs === undefined ? base : { ...base, retryBackOff: { baseInterval: duration(r.backoffMs) } }
}

interface Terms {
  readonly on: string
  readonly attempts: number
  readonly perTryTimeoutMs?: number
  readonly hosts: boolean
  readonly priorities: boolean
}

function policy(t: Terms): Policy {
  const { retryOn, codes } = conditions(t.on)
  return {
    retryOn,
    retriableStatusCodes: codes,
    numRetries: t.attempts,
    perTryTimeout: optionalDuration(t.perTryTimeoutMs),
    retryHostPredicate: t.hosts ? [otherHosts] : [],
    retryPriority: t.priorities ? otherPriorities : undefined,
    hostSelectionRetryMaxAttempts: hostSelectionAttempts,
  }
}

/** Istio lets `retryOn` name status codes among Envoy's conditions: `5xx,409`. */
function conditions(on: string): { readonly retryOn: string; readonly codes: number[] } {
  const parts = on
    .split(',')
    .map(part => part.trim())
    .filter(Boolean)
  const codes = parts.filter(part => /^\d{3}$/.test(part)).map(Number)
  const names = parts.filter(part => !/^\d{3}$/.test(part))
  if (codes.length > 0 && !names.includes('retriable-status-codes')) names.push('retriable-status-codes')
  return { retryOn: names.join(','), codes }
}
