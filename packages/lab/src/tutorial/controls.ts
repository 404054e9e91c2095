import type { Lab } from '../lab.ts'

/** What the tutorial does to its world that no resource stands for. */
export interface Controls {
  /** Kills the mesh's control plane as `kill -9` does. The lab starts it again, as a Deployment would. */
  killControlPlane(): Promise<void>
  /** Takes a cluster's API server away: nobody reaches it. Its nodes and pods go on. */
  pauseApi(cluster: string): Promise<void>
  resumeApi(cluster: string): Promise<void>
  /** Cuts the power of a node: everything on it is gone at once. */
  powerOff(node: string): Promise<void>
  powerOn(node: string): Promise<void>
}

export function controlsOf(lab: Lab): Controls {
  return {
    killControlPlane: () => lab.killControlPlane(),
    pauseApi: cluster => lab.pauseApi(cluster),
    resumeApi: cluster => lab.resumeApi(cluster),
    powerOff: node => lab.powerOff(node),
    powerOn: node => lab.powerOn(node),
  }
}
