import type { Finding, Origin } from '../model/index.ts'
import { originText } from '../model/index.ts'
import type { Decision } from './decision.ts'
import { distributionFrom, distributionOrdering, distributionReason, stayReason } from './distribution.ts'
import { failoverFrom, failoverOrdering, failoverReason } from './failover.ts'
import type { DecideInput } from './input.ts'
import { istioLocality } from './istio-locality.ts'
import { istioOutlierDetection, policyOutlierDetection } from './outlier-detection.ts'
import { isActive, onPolicy, policyOf, policyText, type ServicePolicy } from './policy.ts'
import { policyConnectTimeoutMs, retryFor } from './retry.ts'
import { envoyOverprovisioningFactor, overprovisioningFactor, panicThresholdPercent } from './thresholds.ts'

/**
 * Regional policy for one service as seen from one source, before any endpoint is looked at. A DestinationRule's own
 * localityLbSetting beats the RegionalTrafficPolicy; without either, Istio's behaviour. Pure.
 */
export function decide(input: DecideInput): Decision {
  const policy = policyOf(input.service, input.policies, input.rootNamespace ?? 'istio-system')
  const active = policy && isActive(policy) ? policy : undefined
  if (active && !input.trafficPolicy?.loadBalancer?.localityLbSetting) return byPolicy(input, active)
  const decision = byIstio(input)
  if (active) return { ...decision, findings: [...decision.findings, overridden(input, active)] }
  const off = policy ? [`${policyText(policy.policy)} switches neither failover nor distribution on`] : []
  return { ...decision, reasons: [...off, ...decision.reasons] }
}

function byPolicy(input: DecideInput, policy: ServicePolicy): Decision {
  const { source, role } = input
  const region = source.region
  const userOutlier = input.trafficPolicy?.outlierDetection
  const failover = failoverFrom(region, policy)
  const distribution = region ? distributionFrom(region, role, policy) : undefined
  const reasons = [policy.policies.map(policyText).join(', over it ')]
  const findings: Finding[] = []

  if (!region) {
    reasons.push('the region of this proxy is unknown: all endpoints alike')
    findings.push(
      onPolicy(policy.policy, {
        code: 'ISM2106',
        severity: 'warning',
        message: `some proxies have no region (no label topology.kubernetes.io/region on their node, and none on their cluster): their requests are not kept local`,
      }),
    )
  } else {
    if (distribution) reasons.push(distributionReason(distribution))
    else if (policy.distribution?.enabled) reasons.push(stayReason(region, role, policy))
    reasons.push(failoverReason(region, failover, policy.failover?.enabled === true))
  }

  const ordering = !region
    ? ({ kind: 'flat' } as const)
    : distribution
      ? distributionOrdering(distribution, failover)
      : failoverOrdering(failover)

  const outlier = policyOutlierDetection(userOutlier, policy.outlierDetection, policy.unansweredAfterMs)
  for (const { text, replaces } of outlier.adjustments) {
    reasons.push(text)
    // Without the service's name, so that a mesh-wide policy says it once and not for every service.
    const message = userOutlier && input.destinationRule ? `${originText(input.destinationRule)}: ${text}` : text
    findings.push(onPolicy(policy.policy, { code: replaces ? 'ISM2102' : 'ISM2101', severity: 'info', message }))
  }
  if (policy.unansweredAfterMs === undefined)
    reasons.push('unansweredAfter is not set: a pod that accepts requests and never answers will not be noticed')

  return {
    mode: modeOf(policy),
    source,
    ordering,
    overprovisioningFactor: overprovisioningFactor(failover.rule?.thresholdPercent),
    panicThresholdPercent: panicThresholdPercent(userOutlier),
    localityWeighted: ordering.kind === 'shares',
    outlierDetection: outlier.effective,
    retry: retryFor(ordering, policy.unansweredAfterMs),
    connectTimeoutMs: input.trafficPolicy?.connectionPool?.tcp?.connectTimeoutMs ?? policyConnectTimeoutMs,
    decidedBy: policy.policy.origin,
    reasons,
    findings,
  }
}

function byIstio(input: DecideInput): Decision {
  const locality = istioLocality(input)
  const user = input.trafficPolicy?.outlierDetection
  const { kind } = locality.ordering
  const outlierDetection = user && istioOutlierDetection(user)
  const byPriority = kind === 'istioFailover' || kind === 'failoverPriority'
  const narrow =
    byPriority && input.destinationRule && outlierDetection && outlierDetection.maxEjectionPercent < 100
      ? [ejectsFew(input, input.destinationRule, outlierDetection.maxEjectionPercent)]
      : []
  const local = kind === 'flat' ? ['traffic is not kept local: no RegionalTrafficPolicy speaks of this service'] : []
  return {
    mode: kind === 'flat' && !input.trafficPolicy?.loadBalancer?.localityLbSetting ? 'none' : 'istio',
    source: input.source,
    ordering: locality.ordering,
    overprovisioningFactor: envoyOverprovisioningFactor,
    panicThresholdPercent: panicThresholdPercent(user),
    localityWeighted: kind === 'distribute',
    outlierDetection,
    decidedBy: input.trafficPolicy ? input.destinationRule : undefined,
    reasons: [...locality.reasons, ...local],
    findings: locality.findings.concat(narrow),
  }
}

function ejectsFew(input: DecideInput, origin: Origin, percent: number): Finding {
  const unsaid = input.trafficPolicy?.outlierDetection?.maxEjectionPercent === undefined ? " (Istio's default)" : ''
  return {
    code: 'ISM2112',
    severity: 'warning',
    origin,
    field: 'spec.trafficPolicy.outlierDetection.maxEjectionPercent',
    message: `${input.service.hostname}: maxEjectionPercent ${percent}${unsaid} lets Envoy eject no more than that part of the pods of all regions together (10 of 3 is none), so pods that are broken but still there are not left; 100 does`,
  }
}

function modeOf(policy: ServicePolicy): Decision['mode'] {
  if (policy.failover?.enabled && policy.distribution?.enabled) return 'both'
  return policy.failover?.enabled ? 'failover' : 'distribution'
}

function overridden(input: DecideInput, policy: ServicePolicy): Finding {
  const rule = input.destinationRule ? originText(input.destinationRule) : 'a DestinationRule'
  return onPolicy(policy.policy, {
    code: 'ISM2104',
    severity: 'warning',
    message: `${rule} has a localityLbSetting of its own for ${input.service.hostname}, which beats this policy for it`,
  })
}
