import type { EndpointRow, ServiceDetail, ServiceRow } from '@isthmus/api'
import type { Endpoint, Finding, Mesh, Origin, Service } from '../../model/index.ts'
import { refOf, shownFinding } from './findings.ts'
import { parseHost } from './hosts.ts'

export interface Rate {
  readonly requestsPerSecond: number
  readonly errorsPerSecond: number
}

/** @param findings how many speak of it */
export function serviceRow(mesh: Mesh, service: Service, rate: Rate | undefined, findings: number): ServiceRow {
  const endpoints = mesh.endpoints.get(service.hostname) ?? []
  const regions = new Map<string, { endpoints: number; healthy: number }>()
  const pods = onePort(service, endpoints)
  for (const e of pods) {
    const at = regions.get(e.locality.region) ?? { endpoints: 0, healthy: 0 }
    regions.set(e.locality.region, {
      endpoints: at.endpoints + 1,
      healthy: at.healthy + (e.health === 'healthy' ? 1 : 0),
    })
  }
  return {
    hostname: service.hostname,
    namespace: service.namespace,
    ports: service.ports.map(p => ({ number: p.number, name: p.name, protocol: p.protocol })),
    clusters: [...service.clusters],
    location: service.location,
    endpoints: pods.length,
    healthy: pods.filter(e => e.health === 'healthy').length,
    regions: [...regions]
      .map(([region, counts]) => ({ region, ...counts }))
      .sort((a, b) => (a.region < b.region ? -1 : 1)),
    ...(rate && {
      requestsPerSecond: rate.requestsPerSecond,
      errorPercent: rate.requestsPerSecond > 0 ? (100 * rate.errorsPerSecond) / rate.requestsPerSecond : 0,
    }),
    findings,
  }
}

/** A pod serves each port of a service: counted once. */
export function onePort(service: Service, endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const first = service.ports.find(p => endpoints.some(e => e.portName === p.name))
  return first ? endpoints.filter(e => e.portName === first.name) : endpoints
}

export function endpointRow(e: Endpoint): EndpointRow {
  const { address, port, portName, cluster, health, stale, workload, pod, namespace, labels } = e
  const { region, zone } = e.locality
  return {
    address,
    port,
    portName,
    cluster,
    region,
    zone,
    health,
    stale,
    workload,
    pod,
    namespace,
    labels: { ...labels },
  }
}

export function subsetsOf(mesh: Mesh, service: Service): ServiceDetail['subsets'] {
  const endpoints = onePort(service, mesh.endpoints.get(service.hostname) ?? [])
  return mesh.destinationRules
    .filter(rule => parseHost(rule.host).fits(service.hostname))
    .flatMap(rule => rule.subsets)
    .map(({ name, labels }) => {
      const chosen = endpoints.filter(e => Object.entries(labels).every(([k, v]) => e.labels[k] === v))
      const healthy = chosen.filter(e => e.health === 'healthy').length
      return { name, labels: { ...labels }, endpoints: chosen.length, healthy }
    })
}

/** Objects that have a part in where its requests go. */
export function rulesOf(mesh: Mesh, service: Service): readonly Origin[] {
  const { hostname } = service
  const virtual = mesh.virtualServices.filter(
    v =>
      v.hosts.some(h => parseHost(h).fits(hostname)) ||
      [...v.http, ...v.tcp, ...v.tls].some(r => r.route.some(d => d.destination.host === hostname)),
  )
  const destination = mesh.destinationRules.filter(d => parseHost(d.host).fits(hostname))
  const policies = mesh.regionalPolicies.filter(p => p.services.length === 0 || p.services.includes(hostname))
  return [...virtual, ...destination, ...policies].map(rule => rule.origin)
}

/** How many findings speak of each service or of the objects it is made of, by hostname. */
export function findingCounts(findings: readonly Finding[], domain: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { origin } of findings) {
    if (origin.kind !== 'Service') continue
    const host = `${origin.name}.${origin.namespace}.svc.${domain}`
    counts.set(host, (counts.get(host) ?? 0) + 1)
  }
  return counts
}

export function findingsOf(service: Service, rules: readonly Origin[], findings: readonly Finding[]) {
  const about = new Set([...service.origins, ...rules].map(o => JSON.stringify(refOf(o))))
  return findings.filter(f => about.has(JSON.stringify(refOf(f.origin)))).map(shownFinding)
}
