import type { Locality } from './locality.ts'
import type { ProxyNode } from './view.ts'

/** What one proxy's clusters did between two of its reports (Envoy's Load Reporting Service, v3). */
export interface LoadReport {
  readonly node: ProxyNode
  /** Milliseconds since the epoch, when it was received. */
  readonly at: number
  /** Clusters that had traffic; idle ones are left out. */
  readonly clusters: readonly ClusterLoad[]
}

export interface ClusterLoad {
  /** Envoy's name: `outbound|9080|v1|reviews.default.svc.cluster.local`. */
  readonly cluster: string
  /** What the report covers, as the proxy measured it. */
  readonly durationMs: number
  readonly localities: readonly LocalityLoad[]
}

/** Requests to the endpoints of one locality at one priority. A request that was tried again counts once for each try. */
export interface LocalityLoad {
  readonly locality: Locality
  readonly priority: number
  /** Begun. A refused connection fails without having been issued. */
  readonly issued: number
  /** Answered with anything but a failure of the server: 404 is a success. */
  readonly success: number
  /** 5xx, reset, refused, timed out. */
  readonly error: number
  /** Under way when the report was made. */
  readonly inProgress: number
}
