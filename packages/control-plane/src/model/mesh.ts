import type { Cluster } from './cluster.ts'
import type { RegionalTrafficPolicy } from './regional-policy.ts'
import type { Endpoint, Service } from './service.ts'
import type { DestinationRule, Gateway, SidecarScope, VirtualService } from './traffic.ts'
import type { Workload } from './workload.ts'

/** Mesh-wide settings with Istio's defaults (MeshConfig). */
export interface MeshConfig {
  readonly rootNamespace: string
  readonly trustDomain: string
  readonly domain: string
  /** Unknown destinations: ALLOW_ANY passes them through, REGISTRY_ONLY refuses them. */
  readonly outboundTrafficPolicy: 'ALLOW_ANY' | 'REGISTRY_ONLY'
  /**
   * Who counts requests as `istio_requests_total`: gateways and the receiving sidecars, also the sending sidecars (a logger in
   * each of their listeners: see docs/reference/telemetry.md for what it costs), or nobody. Load reports are apart from it.
   */
  readonly requestMetrics: 'none' | 'standard' | 'full'
}

export const defaultMeshConfig: MeshConfig = {
  rootNamespace: 'istio-system',
  trustDomain: 'cluster.local',
  domain: 'cluster.local',
  outboundTrafficPolicy: 'ALLOW_ANY',
  requestMetrics: 'standard',
}

/** A TLS key pair named by a Gateway's credentialName: `namespace/name`. */
export interface TlsCredential {
  readonly key: string
  readonly certificate: string
  readonly caCertificate?: string
}

/** Everything translation may look at, at one moment. Immutable: a change makes a new one that shares what did not change. */
export interface Mesh {
  readonly config: MeshConfig
  readonly clusters: ReadonlyMap<string, Cluster>
  /** By hostname. */
  readonly services: ReadonlyMap<string, Service>
  /** By hostname; every port's endpoints together. Same array object while nothing in it changed. */
  readonly endpoints: ReadonlyMap<string, readonly Endpoint[]>
  /** By `cluster/namespace/name`. */
  readonly workloads: ReadonlyMap<string, Workload>
  /** Rules are ordered oldest first, then by namespace and name. */
  readonly gateways: readonly Gateway[]
  readonly virtualServices: readonly VirtualService[]
  readonly destinationRules: readonly DestinationRule[]
  readonly sidecars: readonly SidecarScope[]
  readonly regionalPolicies: readonly RegionalTrafficPolicy[]
  readonly credentials: ReadonlyMap<string, TlsCredential>
}
