import type { Destination, Service, ServicePort } from '../model/index.ts'
import { blackHoleCluster, outboundCluster } from './names.ts'
import type { Scope } from './scope.ts'
import { portsOf } from './services.ts'

/** What a route's destination means for one view. */
export type ResolvedDestination =
  | {
      readonly found: true
      readonly cluster: string
      readonly service: Service
      readonly port: ServicePort
      readonly subset: string | undefined
    }
  /** No such service, port or subset: the black hole answers 503, as Istio's missing cluster does. */
  | { readonly found: false; readonly cluster: string }

/** The port may be left out where the service has one only, or has the port the request came in on (Istio's rule). */
export function resolveDestination(scope: Scope, destination: Destination, listenPort: number): ResolvedDestination {
  const nowhere = { found: false, cluster: blackHoleCluster } as const
  const service = scope.service(destination.host)
  if (!service) return nowhere
  const ports = portsOf(service)
  const number = destination.port ?? (ports.length === 1 ? ports[0]?.number : listenPort)
  const port = ports.find(p => p.number === number)
  if (!port) return nowhere
  const { subset } = destination
  if (subset !== undefined && !scope.rule(service)?.subsets.some(s => s.name === subset)) return nowhere
  return { found: true, cluster: outboundCluster(service.hostname, port.number, subset), service, port, subset }
}
