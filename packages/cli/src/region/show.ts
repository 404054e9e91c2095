import { table } from '../output.ts'
import type { DistributionRule, FailoverRule, PolicyObject } from './policy-object.ts'

/** Policies as a table, one row a source region, and under it what their status says. */
export function showText(policies: readonly PolicyObject[]): string {
  if (policies.length === 0)
    return 'No RegionalTrafficPolicy: requests go to all endpoints alike, wherever they are.\nisthmus region failover set FROM TO keeps them local and fails over.'
  const rows = policies.flatMap(rowsOf)
  const text = table(['POLICY', 'FOR', 'FROM', 'FAILOVER', 'DISTRIBUTION', 'UNANSWERED AFTER'], rows)
  const said = policies.flatMap(saidOf)
  return said.length > 0 ? `${text}\n\n${said.join('\n')}` : text
}

export function failoverText(rule: FailoverRule): string {
  const order = rule.only ? rule.to : [...rule.to, 'every other']
  const below = rule.thresholdPercent === undefined ? '' : ` below ${rule.thresholdPercent}%`
  return `${order.join(', then ') || 'nobody'}${rule.only ? ' only' : ''}${below}`
}

/** What is missing to 100 stays. */
export function distributionText(rule: DistributionRule): string {
  const others = Object.entries(rule.to).filter(([region]) => region !== rule.from)
  const given = others.reduce((sum, [, percent]) => sum + percent, 0)
  return [`${100 - given}% stays`, ...others.map(([region, percent]) => `${percent}% ${region}`)].join(', ')
}

function rowsOf({ metadata, spec }: PolicyObject): string[][] {
  const failover = spec.failover?.rules ?? []
  const distribution = spec.distribution?.rules ?? []
  const from = [...new Set([...failover, ...distribution].map(r => r.from))]
  return (from.length > 0 ? from : ['-']).map((region, i) => {
    const f = failover.find(r => r.from === region)
    const d = distribution.find(r => r.from === region)
    const every = spec.distribution?.at === 'everyHop' ? ' (every hop)' : ''
    return [
      i === 0 ? `${metadata.namespace}/${metadata.name}` : '',
      i === 0 ? (spec.services ?? []).join(', ') || 'the mesh' : '',
      region,
      f ? `${failoverText(f)}${off(spec.failover)}` : '-',
      d ? `${distributionText(d)}${every}${off(spec.distribution)}` : '-',
      i === 0 ? (spec.unansweredAfter ?? 'not set') : '',
    ]
  })
}

function off(section: { enabled?: boolean } | undefined): string {
  return section?.enabled === false ? ' (off)' : ''
}

/** Everything but "all is well". */
function saidOf({ metadata, status }: PolicyObject): string[] {
  return (status?.conditions ?? [])
    .filter(c => !((c.type === 'Accepted' || c.type === 'Programmed') && c.status === 'True'))
    .map(
      c => `${metadata.namespace}/${metadata.name} ${c.type}${c.status === 'True' ? '' : `=${c.status}`}: ${c.message}`,
    )
}
