/** What the tutorial does to its world that no resource stands for. */
export interface Controls {
  /** Kills the mesh's control plane as `kill -9` does. */
  killControlPlane(): Promise<void>
  /** Starts it again; resolves when it answers. */
  startControlPlane(): Promise<void>
  /** Takes a cluster's API server away: nobody reaches it. Its nodes and pods go on. */
  takeApiAway(cluster: string): Promise<void>
  giveApiBack(cluster: string): Promise<void>
  /** Cuts the power of a cluster's nodes: everything on them is gone at once. */
  powerOff(cluster: string): Promise<void>
}
