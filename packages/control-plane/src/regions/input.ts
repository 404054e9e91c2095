import type { Locality, Origin, RegionalTrafficPolicy, Service, TrafficPolicy } from '../model/index.ts'

/** All that `decide` looks at: one service, as seen from one source. */
export interface DecideInput {
  readonly service: Service
  /** The effective one: destination, subset and port level already merged. */
  readonly trafficPolicy?: TrafficPolicy
  /** The DestinationRule it comes from. */
  readonly destinationRule?: Origin
  /** Where the proxy stands. */
  readonly source: Locality
  /** Labels of the proxy's workload: failoverPriority compares them. */
  readonly sourceLabels: Readonly<Record<string, string>>
  readonly role: 'sidecar' | 'gateway'
  /** Every policy of the mesh, oldest first. */
  readonly policies: readonly RegionalTrafficPolicy[]
  /** Regions of the member clusters and of the endpoints. */
  readonly knownRegions: readonly string[]
  /** Where a mesh-wide policy must live; Istio's default is istio-system. */
  readonly rootNamespace?: string
}
