import type { DistributionRule, Finding, RegionalTrafficPolicy, Service } from '../model/index.ts'
import { originText } from '../model/index.ts'
import { isMeshWide, onPolicy } from './policy.ts'

/** What of the mesh the policies are held against. */
export interface PolicySurroundings {
  readonly services: ReadonlyMap<string, Service>
  readonly knownRegions: readonly string[]
  readonly rootNamespace: string
}

/**
 * What is wrong with the policies themselves, whoever calls: once a mesh, where `decide` speaks once a service and source.
 * The objects stay in force as far as they can. Pure.
 */
export function policyFindings(
  policies: readonly RegionalTrafficPolicy[],
  mesh: PolicySurroundings,
): readonly Finding[] {
  return policies.flatMap((policy, i) => [
    ...scope(policy, mesh),
    ...conflicts(policy, policies.slice(0, i)),
    ...regions(policy, mesh.knownRegions),
    ...rules(policy),
    ...purpose(policy, policies, mesh),
  ])
}

function scope(policy: RegionalTrafficPolicy, mesh: PolicySurroundings): readonly Finding[] {
  const inRoot = policy.namespace === mesh.rootNamespace
  if (policy.services.length === 0)
    return inRoot
      ? []
      : [
          onPolicy(policy, {
            code: 'ISM2109',
            severity: 'error',
            field: 'spec.services',
            message: `without services the policy is mesh-wide, and in namespace ${policy.namespace} it is ignored: mesh-wide policies live in ${mesh.rootNamespace}`,
          }),
        ]
  return policy.services.flatMap((host, i) => {
    const service = mesh.services.get(host)
    const field = `spec.services[${i}]`
    if (!service)
      return [
        onPolicy(policy, { code: 'ISM2113', severity: 'warning', field, message: `no service ${host} in the mesh` }),
      ]
    if (inRoot || service.namespace === policy.namespace) return []
    return [
      onPolicy(policy, {
        code: 'ISM2110',
        severity: 'error',
        field,
        message: `${host} is in namespace ${service.namespace}: a policy in ${policy.namespace} does not count for it`,
      }),
    ]
  })
}

/** `earlier` are older, since policies come oldest first. */
function conflicts(policy: RegionalTrafficPolicy, earlier: readonly RegionalTrafficPolicy[]): readonly Finding[] {
  return earlier
    .filter(other =>
      policy.services.length === 0
        ? other.services.length === 0 && other.namespace === policy.namespace
        : other.services.some(host => policy.services.includes(host)),
    )
    .map(other => {
      const what =
        policy.services.length === 0 ? 'the mesh' : policy.services.filter(h => other.services.includes(h)).join(', ')
      const message = `${originText(other.origin)} is older and decides for ${what}`
      return onPolicy(policy, { code: 'ISM2108', severity: 'warning', message })
    })
}

function regions(policy: RegionalTrafficPolicy, known: readonly string[]): readonly Finding[] {
  const named = new Map<string, string>()
  for (const [i, r] of (policy.failover?.rules ?? []).entries()) {
    named.set(r.from, `spec.failover.rules[${i}].from`)
    for (const [j, region] of r.to.entries()) named.set(region, `spec.failover.rules[${i}].to[${j}]`)
  }
  for (const [i, r] of (policy.distribution?.rules ?? []).entries()) {
    named.set(r.from, `spec.distribution.rules[${i}].from`)
    for (const region of Object.keys(r.to)) named.set(region, `spec.distribution.rules[${i}].to.${region}`)
  }
  return [...named]
    .filter(([region]) => !known.includes(region))
    .map(([region, field]) => {
      const there = known.length > 0 ? known.join(', ') : 'none yet'
      return onPolicy(policy, {
        code: 'ISM2107',
        severity: 'warning',
        field,
        message: `the mesh has no region ${region}; it has: ${there}`,
      })
    })
}

function rules(policy: RegionalTrafficPolicy): readonly Finding[] {
  const findings: Finding[] = []
  const sections = { failover: policy.failover?.rules ?? [], distribution: policy.distribution?.rules ?? [] }
  for (const [section, list] of Object.entries(sections))
    for (const [i, rule] of list.entries()) {
      const field = `spec.${section}.rules[${i}]`
      if (list.findIndex(other => other.from === rule.from) < i) {
        const message = `an earlier rule speaks of ${rule.from}: this one is ignored`
        findings.push(onPolicy(policy, { code: 'ISM2114', severity: 'warning', field, message }))
      }
    }
  for (const [i, rule] of sections.failover.entries())
    if (rule.to.includes(rule.from)) {
      const message = `${rule.from} cannot take over from itself`
      findings.push(
        onPolicy(policy, { code: 'ISM2114', severity: 'warning', field: `spec.failover.rules[${i}].to`, message }),
      )
    }
  for (const [i, rule] of sections.distribution.entries()) {
    const message = wrongShares(rule)
    if (message)
      findings.push(
        onPolicy(policy, { code: 'ISM2111', severity: 'error', field: `spec.distribution.rules[${i}].to`, message }),
      )
  }
  return findings
}

/** What is wrong with a rule's shares; undefined: nothing. */
export function wrongShares(rule: DistributionRule): string | undefined {
  const entries = Object.entries(rule.to)
  const odd = entries.find(([, percent]) => !Number.isInteger(percent) || percent < 0 || percent > 100)
  if (odd) return `${odd[1]} for ${odd[0]} is not a whole percent from 0 to 100`
  const sum = entries.reduce((total, [, percent]) => total + percent, 0)
  if (sum > 100) return `the shares add up to ${sum}%, more than 100%`
  if (rule.from in rule.to && sum !== 100)
    return `the shares name ${rule.from} itself but add up to ${sum}%, not 100%: what is missing to 100 stays in ${rule.from}`
  return undefined
}

function purpose(
  policy: RegionalTrafficPolicy,
  policies: readonly RegionalTrafficPolicy[],
  { rootNamespace }: PolicySurroundings,
): readonly Finding[] {
  const named = policy.services.length > 0
  const on = policy.failover?.enabled || policy.distribution?.enabled
  if (!on) {
    // A policy for named services may only take them out of the mesh-wide one, or give them another unansweredAfter.
    const says = policy.failover ?? policy.distribution ?? policy.unansweredAfterMs ?? policy.outlierDetection
    if (named && says !== undefined) return []
    const message = 'neither failover nor distribution is switched on'
    return [onPolicy(policy, { code: 'ISM2115', severity: 'info', message })]
  }
  const inherited = named && policies.some(p => isMeshWide(p, rootNamespace) && p.unansweredAfterMs !== undefined)
  if (policy.unansweredAfterMs !== undefined || inherited) return []
  return [
    onPolicy(policy, {
      code: 'ISM2103',
      severity: 'warning',
      field: 'spec.unansweredAfter',
      message: 'unansweredAfter is not set: pods that accept requests and never answer will not be noticed',
    }),
  ]
}
