export interface FailoverRule {
  readonly from: string
  /** In the order in which they take over. */
  readonly to: readonly string[]
  readonly only?: boolean
  readonly thresholdPercent?: number
}

export interface DistributionRule {
  readonly from: string
  /** Whole percent by region; what is missing to 100 stays in `from`. */
  readonly to: Readonly<Record<string, number>>
}

/** What the form knows of a RegionalTrafficPolicy. */
export interface Policy {
  readonly name: string
  readonly namespace: string
  readonly services: readonly string[]
  readonly failover: { readonly there: boolean; readonly enabled: boolean; readonly rules: readonly FailoverRule[] }
  readonly distribution: {
    readonly there: boolean
    readonly enabled: boolean
    readonly at?: 'everyHop'
    readonly rules: readonly DistributionRule[]
  }
  readonly unansweredAfter?: string
}

/** What stays in the source region. Below 0 where the shares are more than 100. */
export function localRest(rule: DistributionRule): number {
  return (
    100 - Object.entries(rule.to).reduce((sum, [region, percent]) => (region === rule.from ? sum : sum + percent), 0)
  )
}
