import { kinds } from '@isthmus/kubernetes'
import { ApiError } from '../problem.ts'

/** A kind that people write through the API. */
export interface ObjectKind {
  readonly kind: string
  readonly apiVersion: string
  readonly group: string
  readonly plural: string
  readonly namespaced: boolean
  readonly description: string
}

const istio = (kind: { kind: string; apiVersion: string }, plural: string, description: string): ObjectKind => ({
  ...kind,
  group: kind.apiVersion.split('/')[0] ?? '',
  plural,
  namespaced: true,
  description,
})

export const objectKinds: readonly ObjectKind[] = [
  istio(
    kinds.RegionalTrafficPolicy,
    'regionaltrafficpolicies',
    'What happens between regions: failover and distribution.',
  ),
  istio(kinds.VirtualService, 'virtualservices', 'Routes of requests: matches, weights, rewrites, retries, faults.'),
  istio(
    kinds.DestinationRule,
    'destinationrules',
    'What holds for requests to a service: subsets, load balancing, limits.',
  ),
  istio(kinds.Gateway, 'gateways', 'Ports and hosts that gateways serve, and their certificates.'),
  istio(kinds.ServiceEntry, 'serviceentries', 'Services that are in no member cluster.'),
  istio(kinds.WorkloadEntry, 'workloadentries', 'Machines that serve as endpoints.'),
  istio(kinds.Sidecar, 'sidecars', 'Which services the proxies of a namespace see.'),
  istio(kinds.IstioGateway, 'istiogateways', 'Gateways that the control plane runs in the member clusters.'),
  {
    ...istio(kinds.MemberCluster, 'memberclusters', 'Clusters of the mesh.'),
    namespaced: false,
  },
]

/** Throws ISM5101. */
export function kindNamed(name: string): ObjectKind {
  const found = objectKinds.find(k => k.kind === name)
  if (found) return found
  throw new ApiError(404, 'ISM5101', `kind ${name}: there are ${objectKinds.map(k => k.kind).join(', ')}`)
}
