import { kinds } from '@isthmus/kubernetes'
import { ApiSource, type ApiSourceOptions, type SourceStatus } from './api-source.ts'
import type { MeshBuilder } from './mesh-builder.ts'

export interface MemberSourceOptions extends ApiSourceOptions {
  readonly builder: MeshBuilder
  /** The cluster's own region, for nodes that carry no label; '' where it has none. */
  readonly region: string
  readonly network?: string
  /** Hears of each change of status, for the MemberCluster's conditions. */
  readonly onStatus?: (status: SourceStatus) => void
}

/**
 * One member cluster: its Services, EndpointSlices, Pods and Nodes into the builder, and its last known state on disk.
 * Returns when watching has begun; `ready` tells when the cluster counts. `stop()` keeps what is known in the mesh and on
 * disk (the process ends); `leave()` takes the cluster out of the mesh.
 */
export async function memberSource(options: MemberSourceOptions): Promise<MemberSource> {
  const { builder, name, region, network = '' } = options
  const tell = (s: SourceStatus) => {
    builder.setCluster({ name, region, network, synced: s.synced, lastContact: s.lastContact, stale: s.stale })
    options.onStatus?.(s)
  }
  // Where the cluster is known already (its credentials changed), what is known stays until the new list is there.
  const known = builder.cluster(name)
  const before: SourceStatus = known?.synced ? known : { synced: false, stale: true, lastContact: 0 }
  tell(before)
  const source = new ApiSource(
    [{ kind: kinds.Service }, { kind: kinds.EndpointSlice }, { kind: kinds.Pod }, { kind: kinds.Node }],
    {
      replace: (kind, objects) => builder.replace(name, kind, objects),
      set: object => builder.set(name, object),
      delete: object => builder.delete(name, object),
      status: tell,
    },
    { ...options, before },
  )
  await source.start()
  return {
    name,
    ready: source.ready,
    get status() {
      return source.status
    },
    stop: () => source.stop(),
    async leave() {
      await source.remove()
      builder.removeCluster(name)
    },
  }
}

export interface MemberSource {
  readonly name: string
  readonly ready: Promise<void>
  readonly status: SourceStatus
  stop(): Promise<void>
  leave(): Promise<void>
}
