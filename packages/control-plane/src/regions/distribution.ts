import type { DistributionRule } from '../model/index.ts'
import type { Ordering } from './decision.ts'
import type { Failover } from './failover.ts'
import type { ServicePolicy } from './policy.ts'

/** The distribution rule that this source applies; undefined where it keeps requests in its region. */
export function distributionFrom(
  region: string,
  role: 'sidecar' | 'gateway',
  policy: ServicePolicy,
): DistributionRule | undefined {
  const { distribution } = policy
  if (!distribution?.enabled) return undefined
  const decidesHere = role === 'gateway' || policy.distributionNamed || distribution.at === 'everyHop'
  return decidesHere ? distribution.rules.find(r => r.from === region) : undefined
}

/** Shares by region that add up to 100: what the rule leaves stays in its own region. Regions with 0 are left out. */
export function sharesOf(rule: DistributionRule): Readonly<Record<string, number>> {
  const named = Object.entries(rule.to).filter(([region, percent]) => region !== rule.from && percent > 0)
  const given = named.reduce((sum, [, percent]) => sum + percent, 0)
  const own: [string, number][] = given < 100 ? [[rule.from, 100 - given]] : []
  return Object.fromEntries([...own, ...named])
}

/** Shares in priority 0; then the own region where it has no share, the failover order, and the rest. */
export function distributionOrdering(rule: DistributionRule, failover: Failover): Ordering {
  return { kind: 'shares', shares: sharesOf(rule), order: failover.order, rest: failover.rest }
}

export function distributionReason(rule: DistributionRule): string {
  const shares = Object.entries(sharesOf(rule)).map(([region, percent]) => `${percent}% to ${region}`)
  return `distribution from ${rule.from}: ${shares.join(', ')}`
}

/** Why a source without a rule of its own keeps requests where they are. */
export function stayReason(region: string, role: 'sidecar' | 'gateway', policy: ServicePolicy): string {
  if (role === 'sidecar' && !policy.distributionNamed && policy.distribution?.at === 'entry')
    return `the distribution is decided once, where a request enters the mesh; this hop keeps it in ${region}`
  return `there is no distribution rule from ${region}: requests stay there`
}
