import { type DistributionRule, type FailoverRule, localRest, type Policy } from './policy.ts'

/** What can be said of a rule at once, before the control plane is asked. A key under `regional.fault`. */
export type Fault =
  | 'noFrom'
  | 'noTo'
  | 'twice'
  | 'unknown'
  | 'self'
  | 'notWhole'
  | 'tooMuch'
  | 'mustBeAll'
  | 'threshold'

/** Faults of a failover rule; [] is well. Pure. */
export function failoverFaults(policy: Policy, index: number, regions: readonly string[]): readonly Fault[] {
  const rules = policy.failover.rules
  const rule = rules[index] as FailoverRule
  const threshold = rule.thresholdPercent
  return [
    ...common(rules, index),
    ...(rule.to.length === 0 ? (['noTo'] as const) : []),
    ...(rule.to.includes(rule.from) ? (['self'] as const) : []),
    ...unknown([rule.from, ...rule.to], regions),
    ...(threshold !== undefined && (!Number.isInteger(threshold) || threshold < 1 || threshold > 100)
      ? (['threshold'] as const)
      : []),
  ]
}

/** Faults of a distribution rule; [] is well. Pure. */
export function distributionFaults(policy: Policy, index: number, regions: readonly string[]): readonly Fault[] {
  const rules = policy.distribution.rules
  const rule = rules[index] as DistributionRule
  const shares = Object.values(rule.to)
  const sum = shares.reduce((a, b) => a + b, 0)
  return [
    ...common(rules, index),
    ...(shares.length === 0 ? (['noTo'] as const) : []),
    ...unknown([rule.from, ...Object.keys(rule.to)], regions),
    ...(shares.some(s => !Number.isInteger(s) || s < 0 || s > 100) ? (['notWhole'] as const) : []),
    ...(sum > 100 ? (['tooMuch'] as const) : rule.from in rule.to && sum !== 100 ? (['mustBeAll'] as const) : []),
  ]
}

function common(rules: readonly { from: string }[], index: number): readonly Fault[] {
  const from = rules[index]?.from ?? ''
  if (from === '') return ['noFrom']
  return rules.findIndex(r => r.from === from) < index ? ['twice'] : []
}

const unknown = (named: readonly string[], regions: readonly string[]): readonly Fault[] =>
  named.some(region => region !== '' && !regions.includes(region)) ? ['unknown'] : []

/** A rule's shares with the local rest, largest first, as they are drawn. */
export function sharesOf(rule: DistributionRule): readonly { readonly region: string; readonly percent: number }[] {
  const others = Object.entries(rule.to).filter(([region]) => region !== rule.from)
  return [
    { region: rule.from, percent: Math.max(0, localRest(rule)) },
    ...others.map(([region, percent]) => ({ region, percent })),
  ].filter(share => share.percent > 0)
}
