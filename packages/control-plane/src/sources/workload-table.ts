import { patched } from '../collections/index.ts'
import { type EntryWorkload, localityOf, type PodInfo, type ServiceEntry, type ServicePart } from '../istio/index.ts'
import type { InboundPort, Mesh, Workload } from '../model/index.ts'
import type { ClusterObjects } from './cluster-objects.ts'
import { same } from './same.ts'
import { selects } from './selects.ts'
import type { Inputs } from './service-table.ts'

/** Pods and WorkloadEntries with the ports they serve: looks again at those that were touched. */
export class WorkloadTable {
  readonly #inputs: Inputs
  readonly #dirty = new Set<string>()

  constructor(inputs: Inputs) {
    this.#inputs = inputs
  }

  /** @param key `cluster/namespace/name`; the cluster is '' for a WorkloadEntry */
  touch(key: string): void {
    this.#dirty.add(key)
  }

  /** A Service changed: the pods it selected or selects. */
  touchService(objects: ClusterObjects, before: ServicePart | undefined, after: ServicePart | undefined): void {
    for (const part of [before, after])
      if (part) for (const pod of objects.podsOf(part)) this.touch(`${objects.cluster.name}/${pod}`)
  }

  touchEntry(before: ServiceEntry | undefined, after: ServiceEntry | undefined): void {
    const namespace = (after ?? before)?.parts[0]?.namespace ?? ''
    for (const entry of [before, after]) {
      const { selector } = entry ?? {}
      if (!selector) continue
      for (const [key, m] of this.#inputs.machines)
        if (m.namespace === namespace && selects(selector, m.labels)) this.touch(`/${key}`)
      for (const [name, c] of this.#inputs.clusters)
        for (const pod of c.podsIn.get(namespace))
          if (selects(selector, c.pods.get(pod)?.labels ?? {})) this.touch(`${name}/${pod}`)
    }
  }

  settle(mesh: Mesh): { workloads: Mesh['workloads']; keys: Set<string> } {
    const keys = new Set<string>()
    if (this.#dirty.size === 0) return { workloads: mesh.workloads, keys }
    const workloads = new Map<string, Workload | undefined>()
    for (const key of this.#dirty) {
      const made = this.#make(key)
      if (same(mesh.workloads.get(key), made)) continue
      keys.add(key)
      workloads.set(key, made)
    }
    this.#dirty.clear()
    return { workloads: keys.size > 0 ? patched(mesh.workloads, workloads) : mesh.workloads, keys }
  }

  #make(key: string): Workload | undefined {
    const slash = key.indexOf('/')
    const name = key.slice(0, slash)
    const rest = key.slice(slash + 1)
    if (name === '') {
      const machine = this.#inputs.machines.get(rest)
      return machine && this.#machine(machine)
    }
    const c = this.#inputs.clusters.get(name)
    const pod = c?.counts ? c.pods.get(rest) : undefined
    return c && pod ? this.#pod(c, pod) : undefined
  }

  #pod(c: ClusterObjects, pod: PodInfo): Workload {
    const inbound: InboundPort[] = []
    for (const part of c.servicesOf(pod)) {
      for (const p of part.ports) {
        const target = typeof p.targetPort === 'string' ? pod.ports[p.targetPort] : (p.targetPort ?? p.number)
        if (target !== undefined) inbound.push(inboundPort(part, p, target))
      }
    }
    inbound.push(...this.#entryPorts(pod.namespace, pod.labels, {}))
    return {
      cluster: c.cluster.name,
      namespace: pod.namespace,
      name: pod.name,
      addresses: pod.addresses,
      labels: pod.labels,
      serviceAccount: pod.serviceAccount,
      node: pod.node,
      locality: localityOf(c.cluster, pod, c.nodes.get(pod.node)),
      inbound: inbound.sort(byPort),
    }
  }

  #machine(machine: EntryWorkload): Workload {
    return {
      cluster: '',
      namespace: machine.namespace,
      name: machine.name,
      addresses: [machine.address],
      labels: machine.labels,
      serviceAccount: machine.serviceAccount,
      node: '',
      locality: machine.locality,
      inbound: this.#entryPorts(machine.namespace, machine.labels, machine.ports).sort(byPort),
    }
  }

  #entryPorts(
    namespace: string,
    labels: Readonly<Record<string, string>>,
    ports: Readonly<Record<string, number>>,
  ): InboundPort[] {
    const inbound: InboundPort[] = []
    for (const { parts, selector } of this.#inputs.entries.values()) {
      if (!selector || parts[0]?.namespace !== namespace || !selects(selector, labels)) continue
      for (const part of parts)
        for (const p of part.ports) {
          const target = ports[p.name] ?? (typeof p.targetPort === 'number' ? p.targetPort : p.number)
          inbound.push(inboundPort(part, p, target))
        }
    }
    return inbound
  }
}

function inboundPort(part: ServicePart, port: ServicePart['ports'][number], targetPort: number): InboundPort {
  return { service: part.hostname, servicePort: port.number, targetPort, name: port.name, protocol: port.protocol }
}

function byPort(a: InboundPort, b: InboundPort): number {
  return (
    a.targetPort - b.targetPort ||
    (a.service < b.service ? -1 : a.service > b.service ? 1 : a.servicePort - b.servicePort)
  )
}
