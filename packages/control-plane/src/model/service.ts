import type { Locality } from './locality.ts'
import type { Origin } from './origin.ts'

/** Told apart by port name prefix or appProtocol, as Istio does (istio.io, Protocol Selection). */
export type Protocol =
  | 'HTTP'
  | 'HTTP2'
  | 'GRPC'
  | 'GRPC-Web'
  | 'TCP'
  | 'TLS'
  | 'HTTPS'
  | 'UDP'
  | 'Mongo'
  | 'MySQL'
  | 'Redis'

export interface ServicePort {
  readonly name: string
  readonly number: number
  readonly protocol: Protocol
}

/**
 * One service of the mesh: Kubernetes services of the same name and namespace merged over all member clusters,
 * or one host of a ServiceEntry.
 */
export interface Service {
  /** `reviews.default.svc.cluster.local`, or a ServiceEntry's host. */
  readonly hostname: string
  readonly namespace: string
  readonly ports: readonly ServicePort[]
  /** Virtual addresses by cluster; key '' for addresses that hold everywhere (ServiceEntry.addresses). */
  readonly addresses: ReadonlyMap<string, readonly string[]>
  /** static: endpoints are addresses. dns: Envoy resolves. none: original destination. headless: Kubernetes clusterIP None. */
  readonly resolution: 'static' | 'dns' | 'none' | 'headless'
  readonly location: 'internal' | 'external'
  /** Namespaces that see it; ['*'] is everybody, ['.'] its own (Istio's exportTo). */
  readonly exportTo: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  /** Clusters in which a Kubernetes Service of this name exists. */
  readonly clusters: readonly string[]
  readonly origins: readonly Origin[]
}

export type Health = 'healthy' | 'unhealthy' | 'draining'

/** One address that serves one port of a service. */
export interface Endpoint {
  /** IP address, or a DNS name where the service's resolution is dns. */
  readonly address: string
  /** The port on the endpoint (a pod's target port). */
  readonly port: number
  /** Name of the service port it serves. */
  readonly portName: string
  readonly locality: Locality
  /** Pod labels: subsets select on them. */
  readonly labels: Readonly<Record<string, string>>
  /** Unready pods are sent as unhealthy, not left out, so that shares are counted over what should be there. */
  readonly health: Health
  readonly weight: number
  readonly cluster: string
  readonly network: string
  /** Namespace of the workload, and its workload (deployment) name where known. */
  readonly namespace: string
  readonly workload: string
  readonly pod: string
  readonly serviceAccount: string
  /** True while its cluster's API cannot be read: last known, kept. */
  readonly stale: boolean
}
