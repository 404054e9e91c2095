import type { Finding, RegionalTrafficPolicy, Service } from '../model/index.ts'
import { originText } from '../model/index.ts'

type Failover = NonNullable<RegionalTrafficPolicy['failover']>
type Distribution = NonNullable<RegionalTrafficPolicy['distribution']>

/**
 * The policy of one service: a policy that names the service beats the mesh-wide one, section by section, so that a
 * distribution for one service leaves the mesh's failover in force for it.
 */
export interface ServicePolicy {
  readonly failover?: Failover
  readonly distribution?: Distribution
  /** True where the distribution comes from a policy that names the service: its callers decide, at every hop. */
  readonly distributionNamed: boolean
  readonly unansweredAfterMs?: number
  readonly outlierDetection: NonNullable<RegionalTrafficPolicy['outlierDetection']>
  /** The most specific policy that speaks of it. */
  readonly policy: RegionalTrafficPolicy
  /** Every policy that has a part in it. */
  readonly policies: readonly RegionalTrafficPolicy[]
}

/** A mesh-wide policy counts in the root namespace only: elsewhere a team could turn everybody's traffic. */
export function isMeshWide(policy: RegionalTrafficPolicy, rootNamespace: string): boolean {
  return policy.services.length === 0 && policy.namespace === rootNamespace
}

/** A policy may name services of its own namespace; in the root namespace any. */
export function namesService(policy: RegionalTrafficPolicy, service: Service, rootNamespace: string): boolean {
  if (!policy.services.includes(service.hostname)) return false
  return policy.namespace === rootNamespace || policy.namespace === service.namespace
}

/** The policy in force for a service; undefined where none speaks of it. The oldest of equal ones wins, as in Istio. */
export function policyOf(
  service: Service,
  policies: readonly RegionalTrafficPolicy[],
  rootNamespace: string,
): ServicePolicy | undefined {
  const age = (a: RegionalTrafficPolicy, b: RegionalTrafficPolicy) =>
    a.createdAt - b.createdAt || compare(a.namespace, b.namespace) || compare(a.name, b.name)
  const named = policies.filter(p => namesService(p, service, rootNamespace)).toSorted(age)[0]
  const meshWide = policies.filter(p => isMeshWide(p, rootNamespace)).toSorted(age)[0]
  const policy = named ?? meshWide
  if (!policy) return undefined
  return {
    failover: named?.failover ?? meshWide?.failover,
    distribution: named?.distribution ?? meshWide?.distribution,
    distributionNamed: named?.distribution !== undefined,
    unansweredAfterMs: named?.unansweredAfterMs ?? meshWide?.unansweredAfterMs,
    outlierDetection: { ...defined(meshWide?.outlierDetection), ...defined(named?.outlierDetection) },
    policy,
    policies: [named, meshWide].filter(p => p !== undefined),
  }
}

/** True where some section of the policy is switched on. */
export function isActive(p: ServicePolicy): boolean {
  return p.failover?.enabled === true || p.distribution?.enabled === true
}

export function policyText(policy: RegionalTrafficPolicy): string {
  return originText(policy.origin)
}

/** A finding on the policy itself. */
export function onPolicy(
  policy: RegionalTrafficPolicy,
  finding: Pick<Finding, 'code' | 'severity' | 'field' | 'message'>,
): Finding {
  return { ...finding, origin: policy.origin }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function defined<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, v]) => v !== undefined)) as Partial<T>
}
