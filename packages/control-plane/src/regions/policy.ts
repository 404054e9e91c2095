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
function namesService(policy: RegionalTrafficPolicy, service: Service, rootNamespace: string): boolean {
  if (!policy.services.includes(service.hostname)) return false
  return policy.namespace === rootNamespace || policy.namespace === service.namespace
}

/** The policy in force for a service; undefined where none speaks of it. The oldest of equal ones wins, as in Istio. */
export function policyOf(
  service: Service,
  policies: readonly RegionalTrafficPolicy[],
  rootNamespace: string,
): ServicePolicy | undefined {
  const index = indexOf(policies)
  const named = index.byService.get(service.hostname)?.find(p => namesService(p, service, rootNamespace))
  const meshWide = index.meshWide.find(p => isMeshWide(p, rootNamespace))
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

/** Oldest first. */
interface Index {
  readonly byService: ReadonlyMap<string, readonly RegionalTrafficPolicy[]>
  readonly meshWide: readonly RegionalTrafficPolicy[]
}

/** A mesh asks for every service and source, with the same list of policies: what they name is looked up once. */
const indexes = new WeakMap<readonly RegionalTrafficPolicy[], Index>()

function indexOf(policies: readonly RegionalTrafficPolicy[]): Index {
  const known = indexes.get(policies)
  if (known) return known
  const oldestFirst = policies.toSorted(
    (a, b) => a.createdAt - b.createdAt || compare(a.namespace, b.namespace) || compare(a.name, b.name),
  )
  const byService = new Map<string, RegionalTrafficPolicy[]>()
  for (const policy of oldestFirst)
    for (const host of new Set(policy.services)) byService.set(host, [...(byService.get(host) ?? []), policy])
  const index = { byService, meshWide: oldestFirst.filter(p => p.services.length === 0) }
  indexes.set(policies, index)
  return index
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
