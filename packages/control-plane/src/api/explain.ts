import type { Locality, Mesh, ProxyView, Service } from '../model/index.ts'
import { type Explanation, explain } from '../regions/index.ts'
import { scopeOf } from '../translate/scope.ts'
import { NotFound } from './server.ts'

/** From where, and as what, requests are looked at. */
export interface Viewpoint {
  readonly from: Locality
  readonly role: 'sidecar' | 'gateway'
  readonly port?: number
}

/**
 * Where requests for a service go. `name` is a fully qualified host, `NAME.NAMESPACE`, or a name in the default namespace.
 */
export function explainService(mesh: Mesh, name: string, { from, role, port }: Viewpoint): Explanation {
  const service = serviceNamed(mesh, name)
  const chosen = service.ports.find(p => (port === undefined ? p.protocol !== 'UDP' : p.number === port))
  if (!chosen) throw new NotFound(`${service.hostname} has no port ${port ?? 'that carries TCP'}`)
  // A cluster of the region stands for where the caller is; a region without one is still a fair question.
  const cluster = [...mesh.clusters.values()].find(c => c.region === from.region)?.name ?? ''
  const base = { cluster, namespace: service.namespace, locality: from, network: '', labels: {} }
  const view: ProxyView =
    role === 'gateway' ? { ...base, kind: 'gateway' } : { ...base, kind: 'sidecar', redirect: 'none', inbound: [] }
  return explain({
    service: service.hostname,
    role,
    decision: scopeOf(view, mesh).decision(service, chosen.number, undefined),
    endpoints: (mesh.endpoints.get(service.hostname) ?? []).filter(e => e.portName === chosen.name),
  })
}

function serviceNamed(mesh: Mesh, name: string): Service {
  const [host = '', namespace = 'default'] = name.split('.')
  const service = mesh.services.get(name) ?? mesh.services.get(`${host}.${namespace}.svc.${mesh.config.domain}`)
  if (service) return service
  const like = [...mesh.services.keys()].filter(hostname => hostname.startsWith(`${host}.`)).slice(0, 5)
  throw new NotFound(
    `there is no service ${name} in the mesh${like.length > 0 ? `; did you mean ${like.join(' or ')}?` : ''}`,
  )
}
