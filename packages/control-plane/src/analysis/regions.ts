import type { Finding, Mesh, RegionalTrafficPolicy, Service } from '../model/index.ts'

/** What every cluster has of its own; no policy means it. */
const systemNamespaces = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'istio-system'])

/**
 * Policies that send requests to a region in which the service does not exist. A name that no Service of a cluster has is not
 * resolved there either, so the region can neither take over nor call it.
 */
export function regionFindings(mesh: Pick<Mesh, 'regionalPolicies' | 'clusters' | 'services'>): readonly Finding[] {
  const clusters = new Map<string, string[]>()
  for (const c of mesh.clusters.values()) {
    if (c.region) clusters.set(c.region, [...(clusters.get(c.region) ?? []), c.name])
  }
  return mesh.regionalPolicies.flatMap(policy =>
    [...targets(policy)].flatMap(([region, from]) => {
      const there = clusters.get(region) ?? []
      // A region without a cluster is another finding's.
      if (there.length === 0) return []
      const missing = subjects(policy, mesh)
        .filter(s => !there.some(c => s.clusters.includes(c)))
        .filter(s => [...from].some(r => (clusters.get(r) ?? []).some(c => s.clusters.includes(c))))
        .map(s => s.hostname)
        .sort()
      if (missing.length === 0) return []
      const shown = missing.slice(0, 5).join(', ')
      const more = missing.length > 5 ? ` and ${missing.length - 5} more` : ''
      const message = `no cluster of ${region} (${there.join(', ')}) has ${shown}${more}: what the policy sends there stays where it is`
      return [{ code: 'ISM2211', severity: 'warning', origin: policy.origin, message } as const]
    }),
  )
}

/** Regions that requests are sent to, each with those they come from. */
function targets(policy: RegionalTrafficPolicy): ReadonlyMap<string, ReadonlySet<string>> {
  const made = new Map<string, Set<string>>()
  const add = (to: string, from: string) => {
    if (to !== from) made.set(to, (made.get(to) ?? new Set()).add(from))
  }
  if (policy.failover?.enabled) for (const r of policy.failover.rules) for (const to of r.to) add(to, r.from)
  if (policy.distribution?.enabled)
    for (const r of policy.distribution.rules) for (const to of Object.keys(r.to)) add(to, r.from)
  return made
}

function subjects(policy: RegionalTrafficPolicy, mesh: Pick<Mesh, 'services'>): readonly Service[] {
  if (policy.services.length > 0) return policy.services.flatMap(host => mesh.services.get(host) ?? [])
  return [...mesh.services.values()].filter(s => s.clusters.length > 0 && !isOwn(s))
}

function isOwn(service: Service): boolean {
  return systemNamespaces.has(service.namespace) || service.hostname.startsWith('kubernetes.default.')
}
