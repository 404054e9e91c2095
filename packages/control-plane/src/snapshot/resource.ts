import type { Origin } from '../model/index.ts'

/** One encoded resource: never changed, shared by every proxy that has it. Equal version, same bytes. */
export interface Resource {
  readonly typeUrl: string
  readonly name: string
  /** The encoded message (the value of a google.protobuf.Any). */
  readonly bytes: Uint8Array
  /** Content hash: survives restarts and agrees between replicas. */
  readonly version: string
  readonly origins: readonly Origin[]
  /** For a cluster that takes its endpoints over EDS: the name of its ClusterLoadAssignment. */
  readonly endpointSet?: string
  /** Set once it has been accepted. */
  readonly references?: References
}

/** What is kept of a message beside its bytes: names of other resources that it needs, and whether it holds endpoints. */
export interface References {
  readonly clusters: readonly string[]
  readonly routes: readonly string[]
  readonly hasEndpoints: boolean
}

export const noReferences: References = { clusters: [], routes: [], hasEndpoints: false }

/** What one proxy should hold, by type URL and name. Immutable; equal maps keep their identity from one snapshot to the next. */
export interface Snapshot {
  readonly resources: ReadonlyMap<string, ReadonlyMap<string, Resource>>
}

export const typeUrls = {
  cluster: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  endpoint: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
  listener: 'type.googleapis.com/envoy.config.listener.v3.Listener',
  route: 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
  secret: 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
} as const
