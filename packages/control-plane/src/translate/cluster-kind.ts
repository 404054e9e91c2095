import type { ProxyView, Service, ServicePort, TrafficPolicy } from '../model/index.ts'
import { isHttp } from './protocol.ts'

/**
 * How a cluster finds its hosts. Kubernetes' headless services: HTTP is balanced over the endpoints, so that regional policy
 * holds for it; TCP goes where the application dialled (its protocol may depend on which member it is). Gateways have no
 * original destination to go to.
 */
export type ClusterKind = 'eds' | 'dns' | 'originalDst'

export function clusterKind(
  view: ProxyView,
  service: Service,
  port: ServicePort,
  policy: TrafficPolicy | undefined,
): ClusterKind {
  if (service.resolution === 'dns') return 'dns'
  if (view.kind === 'gateway') return 'eds'
  if (service.resolution === 'none') return 'originalDst'
  if (service.resolution === 'headless' && !isHttp(port.protocol)) return 'originalDst'
  return policy?.loadBalancer?.simple === 'PASSTHROUGH' ? 'originalDst' : 'eds'
}

/** True where a change of the service's endpoints changes its clusters, not only their assignments. */
export function endpointsInClusters(service: Service): boolean {
  return service.resolution === 'dns'
}
