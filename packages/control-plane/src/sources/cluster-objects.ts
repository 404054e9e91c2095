import { Groups } from '../collections/index.ts'
import type { PodInfo, ServicePart, SliceInfo } from '../istio/index.ts'
import type { Cluster, Locality } from '../model/index.ts'
import { selects } from './selects.ts'

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
  /** Pods by each of their labels, services by one of their selector's: who may belong together, by `labelKey`. */
  readonly #podsWith = new Groups<string>()
  readonly #servicesWith = new Groups<string>()

  constructor(cluster: Cluster) {
    this.cluster = cluster
  }

  /** True when its objects count: before its first full list they would be half the truth. */
  get counts(): boolean {
    return this.cluster.synced
  }

  setService(key: string, part: ServicePart | undefined): void {
    const before = this.services.get(key)
    if (before) this.#servicesWith.delete(selectorKey(before), key)
    if (part) {
      this.services.set(key, part)
      this.#servicesWith.add(selectorKey(part), key)
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
      for (const label of labelKeys(before)) this.#podsWith.delete(label, key)
    }
    if (pod) {
      this.pods.set(key, pod)
      this.podsOnNode.add(pod.node, key)
      this.podsIn.add(pod.namespace, key)
      for (const label of labelKeys(pod)) this.#podsWith.add(label, key)
    } else this.pods.delete(key)
  }

  /** Services that select the pod. */
  servicesOf(pod: PodInfo): ServicePart[] {
    const found: ServicePart[] = []
    for (const label of labelKeys(pod)) {
      for (const key of this.#servicesWith.get(label)) {
        const part = this.services.get(key)
        if (part && selects(part.selector, pod.labels)) found.push(part)
      }
    }
    return found
  }

  /** Keys of the pods a service selects. */
  podsOf(part: ServicePart): string[] {
    return [...this.#podsWith.get(selectorKey(part))].filter(key =>
      selects(part.selector, this.pods.get(key)?.labels ?? {}),
    )
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

function labelKeys(pod: PodInfo): string[] {
  return Object.entries(pod.labels).map(([k, v]) => `${pod.namespace}|${k}=${v}`)
}

/** One label of the selector stands for it; without any it selects nothing. */
function selectorKey(part: ServicePart): string {
  const [first] = Object.entries(part.selector)
  return first ? `${part.namespace}|${first[0]}=${first[1]}` : ''
}
