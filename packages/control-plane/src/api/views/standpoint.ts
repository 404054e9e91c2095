import type { Endpoint, Locality, Mesh, ProxyView, Service } from '../../model/index.ts'
import {
  arrange,
  byRegion,
  type Decision,
  destinations,
  type Explanation,
  explain,
  leavesAfter,
} from '../../regions/index.ts'
import { scopeOf } from '../../translate/scope.ts'
import { NotFound } from '../problem.ts'

/** From where, and as what, requests are looked at. */
export interface Standpoint {
  readonly from: Locality
  readonly role: 'sidecar' | 'gateway'
  readonly port?: number
}

export interface Seen {
  readonly decision: Decision
  /** Of the port in question. */
  readonly endpoints: readonly Endpoint[]
}

/** What decides for a service from there. Throws ISM2127 where it has no port that carries TCP. */
export function seenFrom(mesh: Mesh, service: Service, at: Standpoint): Seen {
  const chosen = service.ports.find(p => (at.port === undefined ? p.protocol !== 'UDP' : p.number === at.port))
  if (!chosen) throw new NotFound(`${service.hostname} has no port ${at.port ?? 'that carries TCP'}`)
  const view = viewAt(mesh, service.namespace, at)
  return {
    decision: scopeOf(view, mesh).decision(service, chosen.number, undefined),
    endpoints: (mesh.endpoints.get(service.hostname) ?? []).filter(e => e.portName === chosen.name),
  }
}

/** Percent of requests by region, as policy and health would have it. */
export function intendedShares(seen: Seen): ReadonlyMap<string, number> {
  return byRegion(destinations(seen.decision, arrange(seen.decision, seen.endpoints)))
}

export function explainService(mesh: Mesh, name: string, at: Standpoint): Explanation {
  const service = serviceNamed(mesh, name)
  return explain({ service: service.hostname, role: at.role, ...seenFrom(mesh, service, at) })
}

/** How many more endpoints of the source's region must fail until requests begin to leave it; undefined: never, or they have. */
export function margin(seen: Seen): number | undefined {
  return leavesAfter(seen.decision, seen.endpoints)
}

/** `name`: a fully qualified host, `NAME.NAMESPACE`, or a name in the default namespace. Throws ISM2127. */
export function serviceNamed(mesh: Mesh, name: string): Service {
  const [host = '', namespace = 'default'] = name.split('.')
  const service = mesh.services.get(name) ?? mesh.services.get(`${host}.${namespace}.svc.${mesh.config.domain}`)
  if (service) return service
  const like = [...mesh.services.keys()].filter(hostname => hostname.startsWith(`${host}.`)).slice(0, 5)
  throw new NotFound(
    `there is no service ${name} in the mesh${like.length > 0 ? `; did you mean ${like.join(' or ')}?` : ''}`,
  )
}

/** Regions of the member clusters and of endpoints, by name. */
export function regionsOf(mesh: Mesh): readonly string[] {
  const known = regionLists.get(mesh)
  if (known) return known
  const regions = new Set([...mesh.clusters.values()].map(c => c.region))
  for (const endpoints of mesh.endpoints.values()) for (const e of endpoints) regions.add(e.locality.region)
  regions.delete('')
  const list = [...regions].sort()
  regionLists.set(mesh, list)
  return list
}

const regionLists = new WeakMap<Mesh, readonly string[]>()

/** The same object for the same place, since what is worked out for a view is kept by it. */
const views = new Map<string, ProxyView>()
const mostViews = 20_000

function viewAt(mesh: Mesh, namespace: string, { from, role }: Standpoint): ProxyView {
  // A cluster of the region stands for where the caller is; a region without one is still a fair question.
  const cluster = [...mesh.clusters.values()].find(c => c.region === from.region)?.name ?? ''
  const key = JSON.stringify([cluster, namespace, from.region, from.zone, from.subzone, role])
  const known = views.get(key)
  if (known) return known
  const base = { cluster, namespace, locality: from, network: '', labels: {} }
  const view: ProxyView =
    role === 'gateway' ? { ...base, kind: 'gateway' } : { ...base, kind: 'sidecar', redirect: 'none', inbound: [] }
  if (views.size >= mostViews) views.clear()
  views.set(key, view)
  return view
}
