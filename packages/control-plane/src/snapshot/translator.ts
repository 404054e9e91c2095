import type { Mesh, ProxyNode, ProxyView, Service } from '../model/index.ts'
import type { TranslatedPieces, TranslatedResource } from '../translate/translated.ts'

/** What the engine needs of translation, handed in, so that it can be tested without. All of it pure. */
export interface Translator {
  /** What a proxy may know of the mesh; undefined while the mesh knows nothing of the proxy's cluster. */
  viewOf(node: ProxyNode, mesh: Mesh): ProxyView | undefined
  /** Everything of a view but endpoints. */
  translate(view: ProxyView, mesh: Mesh): TranslatedPieces
  /** The ClusterLoadAssignment of one EDS cluster of the view. */
  translateEndpoints(view: ProxyView, mesh: Mesh, clusterName: string): TranslatedResource
  /** EDS clusters of the view that an endpoint change of a host touches. */
  clustersOf(view: ProxyView, mesh: Mesh, hostname: string): readonly string[]
  /** True where the clusters themselves carry the service's endpoints (Envoy resolves them by DNS). Translation's own where it is not given. */
  endpointsInClusters?(service: Service): boolean
}

/**
 * What changed in the mesh. `endpoints` with hostnames touches single assignments; `workloads` only what proxies' views
 * are; `findings` nothing; anything else may touch all of a view.
 */
export interface MeshChange {
  readonly kind: string
  readonly hostnames?: Iterable<string>
  /** Of `rules`: which of the mesh's tables. */
  readonly tables?: Iterable<string>
}
