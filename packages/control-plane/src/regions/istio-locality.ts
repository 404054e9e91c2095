import type { Finding, LocalityLbSetting } from '../model/index.ts'
import { localityText } from '../model/index.ts'
import type { Ordering } from './decision.ts'
import type { DecideInput } from './input.ts'
import { localityMatches, placeLabels } from './locality-match.ts'

/** What Istio's own locality load balancing says, with the finding where it does nothing. */
export interface IstioLocality {
  readonly ordering: Ordering
  readonly reasons: readonly string[]
  readonly findings: readonly Finding[]
}

const flat: Ordering = { kind: 'flat' }

/**
 * `localityLbSetting` as Istio reads it (pilot/pkg/networking/core/loadbalancer): `distribute`, else failover and
 * failoverPriority, which need outlierDetection. Outlier detection alone turns locality failover on, as in Istio.
 */
export function istioLocality(input: DecideInput): IstioLocality {
  const setting = input.trafficPolicy?.loadBalancer?.localityLbSetting
  if (setting?.enabled === false) return said(flat, 'localityLbSetting.enabled is false: all endpoints alike')
  if (setting && setting.distribute.length > 0) return distribute(input, setting)
  if (!input.trafficPolicy?.outlierDetection) return withoutOutlierDetection(input, setting)
  if (setting && setting.failoverPriority.length > 0) return failoverPriority(input, setting)
  if (!input.source.region) return said(flat, 'the region of this proxy is unknown: all endpoints alike')
  const rule = setting?.failover.find(f => f.from === input.source.region)
  const why = setting ? 'localityLbSetting' : 'outlierDetection turns on locality failover, as in Istio'
  return said(
    { kind: 'istioFailover', rules: setting?.failover ?? [] },
    `${why}: own subzone, zone and region first${rule ? `, then ${rule.to}` : ''}, then the others`,
  )
}

function distribute(input: DecideInput, setting: LocalityLbSetting): IstioLocality {
  const rule = setting.distribute.find(d => localityMatches(d.from, input.source))
  const here = localityText(input.source) || 'an unknown locality'
  if (!rule) return said(flat, `localityLbSetting.distribute has no rule from ${here}: all endpoints alike`)
  const shares = Object.entries(rule.to).map(([to, weight]) => `${weight}% to ${to}`)
  return said(
    { kind: 'distribute', to: rule.to },
    `localityLbSetting.distribute from ${rule.from}: ${shares.join(', ')}`,
  )
}

function failoverPriority(input: DecideInput, setting: LocalityLbSetting): IstioLocality {
  const keys = setting.failoverPriority
  const own = placeLabels(input.source, input.sourceLabels)
  const wanted = keys.map(key => key.split('=')[0] as string)
  const labels = Object.fromEntries(wanted.filter(key => own[key] !== undefined).map(key => [key, own[key] as string]))
  return said({ kind: 'failoverPriority', keys, labels }, `localityLbSetting.failoverPriority: ${keys.join(', ')}`)
}

function withoutOutlierDetection(input: DecideInput, setting: LocalityLbSetting | undefined): IstioLocality {
  if (!setting) return { ordering: flat, reasons: [], findings: [] }
  const findings: Finding[] = input.destinationRule
    ? [
        {
          code: 'ISM2105',
          severity: 'warning',
          origin: input.destinationRule,
          field: 'spec.trafficPolicy.loadBalancer.localityLbSetting',
          message: `localityLbSetting does nothing for ${input.service.hostname}: as in Istio it needs outlierDetection, and there is none`,
        },
      ]
    : []
  return { ...said(flat, 'localityLbSetting without outlierDetection does nothing, as in Istio'), findings }
}

function said(ordering: Ordering, reason: string): IstioLocality {
  return { ordering, reasons: [reason], findings: [] }
}
