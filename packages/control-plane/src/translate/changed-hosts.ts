import { changedKeys, listStep, WeakPairs } from '../collections/index.ts'
import { isWildcard, type Mesh } from '../model/index.ts'
import { endpointsInClusters } from './cluster-kind.ts'
import { settingsOf } from './settings.ts'

export type ChangedHosts = 'all' | ReadonlySet<string>

/** By the newer mesh, then the older. */
const known = new WeakPairs<Mesh, Mesh, ChangedHosts>()

/**
 * Hosts whose service, rules or routes are others in one mesh than in another: what is made of no other host is the same. Found
 * once for all views, by comparing what the meshes do not share.
 */
export function changedHosts(before: Mesh, after: Mesh): ChangedHosts {
  return known.get(after, before) ?? known.set(after, before, find(before, after))
}

function find(before: Mesh, after: Mesh): ChangedHosts {
  if (settingsOf(before) !== settingsOf(after) || before.sidecars !== after.sidecars) return 'all'
  const hosts = new Set(changedKeys(before.services, after.services))
  for (const hostname of changedKeys(before.endpoints, after.endpoints)) {
    const service = after.services.get(hostname)
    if (service && endpointsInClusters(service)) hosts.add(hostname)
  }
  for (const rule of different(before.destinationRules, after.destinationRules)) hosts.add(rule.host)
  for (const rule of different(before.virtualServices, after.virtualServices))
    for (const host of rule.hosts) hosts.add(host)
  for (const host of hosts) if (isWildcard(host)) return 'all'
  return hosts
}

function different<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  const { gone, come } = listStep(before, after)
  return [...gone, ...come]
}
