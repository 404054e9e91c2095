import type { Cluster, Service, ServicePort } from '../model/index.ts'
import { isUdp } from './protocol.ts'

const regions = new WeakMap<ReadonlyMap<string, Cluster>, readonly string[]>()

/** The order of services, whatever came first: the same mesh gives the same messages. */
export function byHostname(a: Service, b: Service): number {
  return a.hostname < b.hostname ? -1 : a.hostname > b.hostname ? 1 : 0
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

const served = new WeakMap<Service, readonly ServicePort[]>()

/**
 * The ports that proxies serve: UDP is not captured, and where two share a number (DNS has TCP and UDP on 53; clusters may
 * disagree) the first that is not UDP stands.
 */
export function portsOf(service: Service): readonly ServicePort[] {
  let known = served.get(service)
  if (!known) {
    const byNumber = new Map<number, ServicePort>()
    for (const port of service.ports)
      if (!isUdp(port.protocol) && !byNumber.has(port.number)) byNumber.set(port.number, port)
    known = [...byNumber.values()]
    served.set(service, known)
  }
  return known
}
