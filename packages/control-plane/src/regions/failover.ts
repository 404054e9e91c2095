import type { FailoverRule } from '../model/index.ts'
import type { Ordering } from './decision.ts'
import type { ServicePolicy } from './policy.ts'

/** What the failover part of a policy says for one source region. */
export interface Failover {
  readonly rule?: FailoverRule
  /** The source's own region first. */
  readonly order: readonly string[]
  readonly rest: boolean
}

/**
 * The order in which regions take over from `region`: itself, then those of its rule, then (unless the rule says `only`)
 * all others alike. Without a rule for the region: itself, then all others alike. The same where failover is off, since a
 * lost region is better served from elsewhere than not at all.
 */
export function failoverFrom(region: string, policy: ServicePolicy): Failover {
  const rule = policy.failover?.enabled ? policy.failover.rules.find(r => r.from === region) : undefined
  const order = [...new Set([region, ...(rule?.to ?? [])])]
  return { rule, order, rest: rule?.only !== true }
}

/** Own region first. With a threshold the region is one priority, so that the threshold counts over all of it. */
export function failoverOrdering(failover: Failover): Ordering {
  return {
    kind: 'regions',
    order: failover.order,
    zones: failover.rule?.thresholdPercent === undefined,
    rest: failover.rest,
  }
}

export function failoverReason(region: string, failover: Failover, enabled: boolean): string {
  const [, ...then] = failover.order
  const others = failover.rest ? 'then every other region' : 'and no other region'
  const why = !enabled
    ? 'failover is off'
    : failover.rule
      ? `failover from ${region}`
      : `there is no failover rule from ${region}`
  return `${why}: ${region} first${then.length > 0 ? `, then ${then.join(', then ')}` : ''}, ${others}`
}
