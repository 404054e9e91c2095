import type { KubeClient } from '@isthmus/kubernetes'
import type { MemberCluster } from '../../members/resource.ts'

/** Member clusters as the running control plane knows them. */
export interface MemberAccess {
  /** The mesh API, as the control plane itself. */
  readonly mesh: KubeClient
  /** Every MemberCluster, as last seen. */
  all(): readonly MemberCluster[]
  /** A client with the mesh's own account there; undefined where it has not joined. */
  client(cluster: string): KubeClient | undefined
}
