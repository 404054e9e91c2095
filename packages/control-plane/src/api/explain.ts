import type { GatewayView, Mesh, Service, SidecarView } from '../model/index.ts'
import { type Explanation, explain } from '../regions/index.ts'
import { scopeOf } from '../translate/scope.ts'
import { NotFound } from './server.ts'

/**
 * Where requests for a service go from a region, as a sidecar's hop and as a gateway's. `name` is a fully qualified host,
 * `NAME.NAMESPACE`, or a name in the default namespace.
 */
export function explainService(
  mesh: Mesh,
  name: string,
  from: string,
  port?: number,
): { readonly explanations: readonly Explanation[] } {
  const service = serviceNamed(mesh, name)
  const chosen = service.ports.find(p => (port === undefined ? p.protocol !== 'UDP' : p.number === port))
  if (!chosen) throw new NotFound(`${service.hostname} has no port ${port ?? 'that carries TCP'}`)
  // A cluster of the region stands for where the caller is; a region without one is still a fair question.
  const cluster = [...mesh.clusters.values()].find(c => c.region === from)?.name ?? ''
  const base = {
    cluster,
    namespace: service.namespace,
    locality: { region: from, zone: '', subzone: '' },
    network: '',
    labels: {},
  }
  const sidecar: SidecarView = { ...base, kind: 'sidecar', redirect: 'none', inbound: [] }
  const gateway: GatewayView = { ...base, kind: 'gateway' }
  const endpoints = (mesh.endpoints.get(service.hostname) ?? []).filter(e => e.portName === chosen.name)
  return {
    explanations: [sidecar, gateway].map(view =>
      explain({
        service: service.hostname,
        role: view.kind,
        decision: scopeOf(view, mesh).decision(service, chosen.number, undefined),
        endpoints,
      }),
    ),
  }
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
