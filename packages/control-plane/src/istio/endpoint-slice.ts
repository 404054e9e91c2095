import type * as kube from '@isthmus/kubernetes'
import type { Cluster, Endpoint, Health, Locality } from '../model/index.ts'
import type { PodInfo } from './pod.ts'

/** An EndpointSlice, reduced to what endpoints are made of. */
export interface SliceInfo {
  readonly namespace: string
  readonly name: string
  /** Name of the Service it belongs to. */
  readonly service: string
  readonly ipv6: boolean
  readonly ports: readonly { readonly name: string; readonly number: number }[]
  readonly endpoints: readonly SliceEndpoint[]
}

export interface SliceEndpoint {
  readonly address: string
  readonly health: Health
  readonly pod: string
  readonly node: string
  readonly zone: string
}

/** Undefined where the slice belongs to no Service, or holds names instead of addresses. */
export function parseSlice(slice: kube.EndpointSlice): SliceInfo | undefined {
  const service = slice.metadata.labels?.['kubernetes.io/service-name']
  if (!service || slice.addressType === 'FQDN') return undefined
  return {
    namespace: slice.metadata.namespace ?? '',
    name: slice.metadata.name,
    service,
    ipv6: slice.addressType === 'IPv6',
    ports: (slice.ports ?? []).flatMap(p =>
      p.port === undefined || p.port === null ? [] : [{ name: p.name ?? '', number: p.port }],
    ),
    endpoints: (slice.endpoints ?? []).flatMap(e => {
      // The API says that consumers use the first address only.
      const [address] = e.addresses
      if (!address) return []
      const pod = e.targetRef?.kind === 'Pod' ? (e.targetRef.name ?? '') : ''
      return [{ address, health: healthOf(e.conditions), pod, node: e.nodeName ?? '', zone: e.zone ?? '' }]
    }),
  }
}

/** Absent conditions mean ready (EndpointConditions); one that terminates but still serves is drained. */
function healthOf(conditions: kube.SliceEndpoint['conditions']): Health {
  if (conditions?.terminating) return 'draining'
  return conditions?.ready === false ? 'unhealthy' : 'healthy'
}

/** What endpoints need besides their slice. */
export interface SliceLookup {
  readonly cluster: Cluster
  pod(namespace: string, name: string): PodInfo | undefined
  node(name: string): Locality | undefined
}

export function endpointsOf(slice: SliceInfo, lookup: SliceLookup): Endpoint[] {
  const { cluster } = lookup
  return slice.endpoints.flatMap(e => {
    const pod = e.pod ? lookup.pod(slice.namespace, e.pod) : undefined
    const locality = localityOf(cluster, pod, lookup.node(e.node), e.zone)
    return slice.ports.map(port => ({
      address: e.address,
      port: port.number,
      portName: port.name,
      locality,
      labels: pod?.labels ?? {},
      health: e.health,
      weight: 1,
      cluster: cluster.name,
      network: pod?.network ?? cluster.network,
      namespace: slice.namespace,
      workload: pod?.workload ?? '',
      pod: e.pod,
      serviceAccount: pod?.serviceAccount ?? '',
      stale: cluster.stale,
    }))
  })
}

/** The pod's own label, else its node's, else the cluster's region; a zone the slice tells is better than none. */
export function localityOf(
  cluster: Cluster,
  pod: PodInfo | undefined,
  node: Locality | undefined,
  zone = '',
): Locality {
  if (pod?.locality) return pod.locality
  return { region: node?.region || cluster.region, zone: node?.zone || zone, subzone: node?.subzone ?? '' }
}
