import type { DistributionRule, FailoverRule, RegionalTrafficPolicy } from '../model/index.ts'
import type { Reader } from './reader.ts'
import type { ParseContext, Parsed, RawObject } from './report.ts'
import { openRule } from './rule.ts'

export function parseRegionalTrafficPolicy(object: RawObject, context: ParseContext): Parsed<RegionalTrafficPolicy> {
  const rule = openRule(object, context, ['mesh.isthmus.dev/v1alpha1'])
  const { spec } = rule
  const value: RegionalTrafficPolicy = {
    ...rule.meta,
    services: rule.hosts(spec, 'services', { wildcard: false }),
    failover: spec.in('failover', f => ({
      enabled: f.bool('enabled') ?? true,
      rules: once(f, f.each('rules', readFailover)),
    })),
    distribution: spec.in('distribution', d => ({
      enabled: d.bool('enabled') ?? true,
      at: d.choice('at', ['entry', 'everyHop']) ?? 'entry',
      rules: once(d, d.each('rules', readDistribution)),
    })),
    unansweredAfterMs: spec.duration('unansweredAfter', 1),
    outlierDetection: spec.in('outlierDetection', o => ({
      consecutive5xxErrors: o.number('consecutive5xxErrors', { min: 1 }),
      intervalMs: o.duration('interval', 1),
      baseEjectionTimeMs: o.duration('baseEjectionTime', 1),
    })),
  }
  spec.done()
  return rule.report.result(value)
}

function readFailover(rule: Reader): FailoverRule {
  const from = rule.text('from')
  rule.require('to')
  const to = rule.strings('to')
  for (const [i, region] of to.entries()) {
    if (region === from) rule.error(`to[${i}]`, `must be another region than "${from}"`)
    if (to.indexOf(region) < i) rule.error(`to[${i}]`, `"${region}" is there twice`)
  }
  return {
    from,
    to,
    only: rule.bool('only') ?? false,
    thresholdPercent: rule.number('thresholdPercent', { min: 1, max: 100 }),
  }
}

function readDistribution(rule: Reader): DistributionRule {
  const from = rule.text('from')
  rule.require('to')
  const to = rule.numbers('to', { max: 100 })
  const sum = Object.values(to).reduce((n, percent) => n + percent, 0)
  if (sum > 100) rule.error('to', `shares must add up to 100 at most, they add up to ${sum}`)
  else if (from in to && sum !== 100)
    rule.error('to', `names "${from}" itself, so shares must add up to 100; they add up to ${sum}`)
  return { from, to }
}

function once<T extends { readonly from: string }>(reader: Reader, rules: T[]): T[] {
  for (const [i, rule] of rules.entries()) {
    if (rules.findIndex(r => r.from === rule.from) < i)
      reader.error(`rules[${i}].from`, `there is a rule for "${rule.from}" already`)
  }
  return rules
}
