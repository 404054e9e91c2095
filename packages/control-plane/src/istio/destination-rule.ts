import type { DestinationRule, Subset } from '../model/index.ts'
import type { ParseContext, Parsed, RawObject } from './report.ts'
import { openRule } from './rule.ts'
import { readTrafficPolicy } from './traffic-policy.ts'

export function parseDestinationRule(object: RawObject, context: ParseContext): Parsed<DestinationRule> {
  const rule = openRule(object, context)
  const { spec } = rule
  const seen = new Set<string>()
  const value: DestinationRule = {
    ...rule.meta,
    host: rule.host(spec, 'host', { wildcard: true }),
    trafficPolicy: spec.in('trafficPolicy', readTrafficPolicy),
    subsets: spec.each('subsets', (subset): Subset => {
      const name = subset.text('name')
      if (seen.has(name)) subset.error('name', `"${name}" is there twice`)
      seen.add(name)
      return { name, labels: subset.map('labels'), trafficPolicy: subset.in('trafficPolicy', readTrafficPolicy) }
    }),
    workloadSelector: spec.in('workloadSelector', s => s.map('matchLabels')),
  }
  spec.done()
  return rule.report.result(value)
}
