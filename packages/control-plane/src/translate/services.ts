import type { Cluster, Service } from '../model/index.ts'

const sorted = new WeakMap<ReadonlyMap<string, Service>, readonly Service[]>()
const regions = new WeakMap<ReadonlyMap<string, Cluster>, readonly string[]>()

/** All services by name, whatever order the map was filled in: the same mesh gives the same messages. */
export function sortedServices(services: ReadonlyMap<string, Service>): readonly Service[] {
  let known = sorted.get(services)
  if (!known) {
    known = [...services.values()].sort((a, b) => (a.hostname < b.hostname ? -1 : a.hostname > b.hostname ? 1 : 0))
    sorted.set(services, known)
  }
  return known
}

/** Regions of the member clusters. */
export function clusterRegions(clusters: ReadonlyMap<string, Cluster>): readonly string[] {
  let known = regions.get(clusters)
  if (!known) {
    known = [...new Set([...clusters.values()].map(c => c.region).filter(Boolean))].sort()
    regions.set(clusters, known)
  }
  return known
}

/** Addresses at which a cluster's applications call the service: those of the cluster, and those that hold everywhere. */
export function virtualAddresses(service: Service, cluster: string): readonly string[] {
  const own = service.addresses.get(cluster) ?? []
  const everywhere = cluster === '' ? [] : (service.addresses.get('') ?? [])
  return everywhere.length === 0 ? own : [...new Set([...own, ...everywhere])]
}
