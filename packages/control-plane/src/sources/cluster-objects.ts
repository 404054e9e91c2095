import { Groups } from '../collections/index.ts'
import type { PodInfo, ServicePart, SliceInfo } from '../istio/index.ts'
import type { Cluster, Locality } from '../model/index.ts'

/** What is known of one member cluster, indexed by what depends on what. Keys are `namespace/name`. */
export class ClusterObjects {
  cluster: Cluster
  readonly services = new Map<string, ServicePart>()
  readonly slices = new Map<string, SliceInfo>()
  readonly pods = new Map<string, PodInfo>()
  readonly nodes = new Map<string, Locality>()
  /** Slice keys by service key. */
  readonly slicesOf = new Groups<string>()
  /** Service keys by pod key and by node name: whose endpoints stand on them. */
  readonly servicesOnPod = new Groups<string>()
  readonly servicesOnNode = new Groups<string>()
  readonly podsOnNode = new Groups<string>()
  readonly podsIn = new Groups<string>()
  readonly servicesIn = new Groups<string>()

  constructor(cluster: Cluster) {
    this.cluster = cluster
  }

  /** True when its objects count: before its first full list they would be half the truth. */
  get counts(): boolean {
    return this.cluster.synced
  }

  setService(key: string, part: ServicePart | undefined): void {
    const before = this.services.get(key)
    if (before) this.servicesIn.delete(before.namespace, key)
    if (part) {
      this.services.set(key, part)
      this.servicesIn.add(part.namespace, key)
    } else this.services.delete(key)
  }

  setSlice(key: string, slice: SliceInfo | undefined): void {
    const before = this.slices.get(key)
    this.slices.delete(key)
    if (before) {
      const service = `${before.namespace}/${before.service}`
      this.slicesOf.delete(service, key)
      this.#unlink(service, before)
    }
    if (!slice) return
    this.slices.set(key, slice)
    const service = `${slice.namespace}/${slice.service}`
    this.slicesOf.add(service, key)
    this.#link(service, slice)
  }

  setPod(key: string, pod: PodInfo | undefined): void {
    const before = this.pods.get(key)
    if (before) {
      this.podsOnNode.delete(before.node, key)
      this.podsIn.delete(before.namespace, key)
    }
    if (pod) {
      this.pods.set(key, pod)
      this.podsOnNode.add(pod.node, key)
      this.podsIn.add(pod.namespace, key)
    } else this.pods.delete(key)
  }

  #link(service: string, slice: SliceInfo): void {
    for (const e of slice.endpoints) {
      this.servicesOnPod.add(`${slice.namespace}/${e.pod}`, service)
      this.servicesOnNode.add(e.node, service)
    }
  }

  /** A pod may be named by several slices of one service: links are made anew from those that stay. */
  #unlink(service: string, slice: SliceInfo): void {
    for (const e of slice.endpoints) {
      this.servicesOnPod.delete(`${slice.namespace}/${e.pod}`, service)
      this.servicesOnNode.delete(e.node, service)
    }
    for (const key of this.slicesOf.get(service)) {
      const other = this.slices.get(key)
      if (other) this.#link(service, other)
    }
  }
}

export const podKey = (namespace: string, name: string): string => `${namespace}/${name}`
