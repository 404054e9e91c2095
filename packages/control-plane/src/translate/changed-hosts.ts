import { isWildcard, type Mesh } from '../model/index.ts'
import { endpointsInClusters } from './cluster-kind.ts'
import { sortedServices } from './services.ts'
import { settingsOf } from './settings.ts'

export type ChangedHosts = 'all' | ReadonlySet<string>

const known = new WeakMap<Mesh, WeakMap<Mesh, ChangedHosts>>()

/**
 * Hosts whose service, rules or routes are others in one mesh than in another: what is made of no other host is the same. Found
 * once for all views, by comparing what the meshes do not share.
 */
export function changedHosts(before: Mesh, after: Mesh): ChangedHosts {
  let steps = known.get(after)
  if (!steps) {
    steps = new WeakMap()
    known.set(after, steps)
  }
  let hosts = steps.get(before)
  if (!hosts) {
    hosts = find(before, after)
    steps.set(before, hosts)
  }
  return hosts
}

function find(before: Mesh, after: Mesh): ChangedHosts {
  if (settingsOf(before) !== settingsOf(after) || before.sidecars !== after.sidecars) return 'all'
  const hosts = new Set<string>()
  if (before.services !== after.services)
    for (const { hostname } of different(sortedServices(before.services), sortedServices(after.services)))
      hosts.add(hostname)
  if (before.endpoints !== after.endpoints)
    for (const hostname of resolvedHosts(after))
      if (before.endpoints.get(hostname) !== after.endpoints.get(hostname)) hosts.add(hostname)
  for (const rule of different(before.destinationRules, after.destinationRules)) hosts.add(rule.host)
  for (const rule of different(before.virtualServices, after.virtualServices))
    for (const host of rule.hosts) hosts.add(host)
  for (const host of hosts) if (isWildcard(host)) return 'all'
  return hosts
}

/** What is in one list only. */
function different<T>(a: readonly T[], b: readonly T[]): Iterable<T> {
  return a === b ? [] : new Set(a).symmetricDifference(new Set(b))
}

const resolved = new WeakMap<Mesh['services'], readonly string[]>()

/** Hosts whose endpoints stand in their clusters. */
function resolvedHosts({ services }: Mesh): readonly string[] {
  let hosts = resolved.get(services)
  if (!hosts) {
    hosts = [...services.values()].filter(endpointsInClusters).map(s => s.hostname)
    resolved.set(services, hosts)
  }
  return hosts
}
