import { Groups, patched, rememberChange } from '../collections/index.ts'
import {
  type ChosenPod,
  compare,
  type EntryWorkload,
  endpointsOf,
  entryEndpoints,
  localityOf,
  mergeService,
  type ServiceEntry,
  type ServicePart,
  type SliceInfo,
  usableMachines,
} from '../istio/index.ts'
import { type Endpoint, type Finding, localityText, type Mesh, type Service } from '../model/index.ts'
import type { ClusterObjects } from './cluster-objects.ts'
import type { FindingTable } from './findings.ts'
import { same } from './same.ts'
import { selects } from './selects.ts'

export interface Inputs {
  readonly clusters: ReadonlyMap<string, ClusterObjects>
  /** ServiceEntries and WorkloadEntries by `namespace/name`. */
  readonly entries: Map<string, ServiceEntry>
  readonly machines: ReadonlyMap<string, EntryWorkload>
}

/** Services and their endpoints: remembers which hostnames have to be looked at again, and looks at those only. */
export class ServiceTable {
  readonly #inputs: Inputs
  readonly #findings: FindingTable
  readonly #domain: string
  /** ServiceEntry keys by host, and those with a selector by namespace. */
  readonly #entriesOf = new Groups<string>()
  readonly #choosersIn = new Groups<string>()
  readonly #dirty = new Set<string>()

  constructor(inputs: Inputs, findings: FindingTable, domain: string) {
    this.#inputs = inputs
    this.#findings = findings
    this.#domain = domain
  }

  /** @param key `namespace/name` of a Kubernetes Service */
  touchService(key: string): void {
    const [namespace = '', name = ''] = key.split('/')
    this.#dirty.add(`${name}.${namespace}.svc.${this.#domain}`)
  }

  /** Workloads with these labels changed: ServiceEntries of the namespace that choose them are looked at. */
  touchChosen(namespace: string, labels: readonly (Readonly<Record<string, string>> | undefined)[]): void {
    for (const key of this.#choosersIn.get(namespace)) {
      const entry = this.#inputs.entries.get(key)
      const { selector } = entry ?? {}
      if (selector && labels.some(l => l && selects(selector, l)))
        for (const p of entry?.parts ?? []) this.#dirty.add(p.hostname)
    }
  }

  setEntry(key: string, entry: ServiceEntry | undefined): void {
    const before = this.#inputs.entries.get(key)
    const namespace = key.split('/')[0] ?? ''
    for (const part of before?.parts ?? []) this.#entriesOf.delete(part.hostname, key)
    this.#choosersIn.delete(namespace, key)
    if (entry) this.#inputs.entries.set(key, entry)
    else this.#inputs.entries.delete(key)
    for (const part of entry?.parts ?? []) this.#entriesOf.add(part.hostname, key)
    if (entry?.selector) this.#choosersIn.add(namespace, key)
    for (const part of [...(before?.parts ?? []), ...(entry?.parts ?? [])]) this.#dirty.add(part.hostname)
  }

  /** Looks at every hostname touched. `changed`: services that differ; `moved`: hostnames whose endpoints differ. */
  settle(mesh: Mesh): {
    services: Mesh['services']
    endpoints: Mesh['endpoints']
    changed: Set<string>
    moved: Set<string>
  } {
    const changed = new Set<string>()
    const moved = new Set<string>()
    if (this.#dirty.size === 0) return { services: mesh.services, endpoints: mesh.endpoints, changed, moved }
    const services = new Map<string, Service | undefined>()
    const endpoints = new Map<string, readonly Endpoint[] | undefined>()
    for (const hostname of this.#dirty) {
      const made = this.#make(hostname)
      if (!same(mesh.services.get(hostname), made?.service)) {
        changed.add(hostname)
        services.set(hostname, made?.service)
      }
      if (!same(mesh.endpoints.get(hostname), made?.endpoints)) {
        moved.add(hostname)
        endpoints.set(hostname, made?.endpoints)
      }
    }
    this.#dirty.clear()
    return { services: stepped(mesh.services, services), endpoints: stepped(mesh.endpoints, endpoints), changed, moved }
  }

  #make(hostname: string): { service: Service; endpoints: readonly Endpoint[] } | undefined {
    const kubeKey = this.#kubeKey(hostname)
    const parts: ServicePart[] = []
    for (const c of this.#inputs.clusters.values()) {
      const part = c.counts && kubeKey ? c.services.get(kubeKey) : undefined
      if (part) parts.push(part)
    }
    const entryKeys = [...this.#entriesOf.get(hostname)].sort(compare)
    for (const key of entryKeys) {
      const part = this.#inputs.entries.get(key)?.parts.find(p => p.hostname === hostname)
      if (part) parts.push(part)
    }
    const merged = mergeService(parts)
    if (!merged) {
      this.#findings.set(`~service|${hostname}`, [])
      return undefined
    }
    const findings = [...merged.findings]
    const endpoints: Endpoint[] = []
    for (const part of merged.parts) {
      const own =
        part.cluster === '' ? this.#entryEndpoints(part, findings) : this.#clusterEndpoints(part, kubeKey ?? '')
      endpoints.push(...own.map(e => renamed(e, part, merged.service)))
    }
    this.#findings.set(`~service|${hostname}`, findings)
    return { service: merged.service, endpoints: ordered(endpoints) }
  }

  #kubeKey(hostname: string): string | undefined {
    const [name, namespace, svc, ...domain] = hostname.split('.')
    return svc === 'svc' && domain.join('.') === this.#domain ? `${namespace}/${name}` : undefined
  }

  #clusterEndpoints(part: ServicePart, key: string): Endpoint[] {
    const c = this.#inputs.clusters.get(part.cluster)
    if (!c) return []
    if (part.externalName) return [externalEndpoint(part, part.externalName, c)].flat()
    const lookup = {
      cluster: c.cluster,
      pod: (namespace: string, name: string) => c.pods.get(`${namespace}/${name}`),
      node: (name: string) => c.nodes.get(name),
    }
    const slices = [...c.slicesOf.get(key)].map(k => c.slices.get(k)).filter((s): s is SliceInfo => s !== undefined)
    // Of a service with both families the mesh uses IPv4: two endpoints for one pod would double its share.
    const v4 = slices.filter(s => !s.ipv6)
    return (v4.length > 0 ? v4 : slices).flatMap(s => endpointsOf(s, lookup))
  }

  #entryEndpoints(part: ServicePart, findings: Finding[]): Endpoint[] {
    const entry = this.#inputs.entries.get(`${part.namespace}/${part.name}`)
    if (!entry) return []
    const { selector } = entry
    if (!selector) return entryEndpoints(entry, part, [], [])
    const machines = [...this.#inputs.machines.values()].filter(
      m => m.namespace === part.namespace && selects(selector, m.labels),
    )
    const [usable, named] = usableMachines(part, machines)
    findings.push(...named)
    return entryEndpoints(entry, part, usable, this.#chosenPods(part.namespace, selector))
  }

  #chosenPods(namespace: string, selector: Readonly<Record<string, string>>): ChosenPod[] {
    const chosen: ChosenPod[] = []
    for (const c of this.#inputs.clusters.values()) {
      if (!c.counts) continue
      for (const key of c.podsIn.get(namespace)) {
        const pod = c.pods.get(key)
        if (!pod || !selects(selector, pod.labels)) continue
        const { name, network, stale } = c.cluster
        const locality = localityOf(c.cluster, pod, c.nodes.get(pod.node))
        chosen.push({
          pod,
          base: { cluster: name, network: pod.network ?? network, stale, locality },
        })
      }
    }
    return chosen
  }
}

/** The next table, of which it is known how it differs from this. */
function stepped<V extends {}>(
  table: ReadonlyMap<string, V>,
  changes: ReadonlyMap<string, V | undefined>,
): ReadonlyMap<string, V> {
  if (changes.size === 0) return table
  const after = patched(table, changes)
  rememberChange(table, after, [...changes.keys()])
  return after
}

function externalEndpoint(part: ServicePart, address: string, c: ClusterObjects): Endpoint[] {
  return part.ports.map(port => ({
    address,
    port: port.number,
    portName: port.name,
    locality: localityOf(c.cluster, undefined, undefined),
    labels: {},
    health: 'healthy',
    weight: 1,
    cluster: part.cluster,
    network: c.cluster.network,
    namespace: part.namespace,
    workload: '',
    pod: '',
    serviceAccount: '',
    stale: c.cluster.stale,
  }))
}

/** Where clusters name a port differently, endpoints go by the merged service's name for its number. */
function renamed(endpoint: Endpoint, part: ServicePart, service: Service): Endpoint {
  const number = part.ports.find(p => p.name === endpoint.portName)?.number
  const name = service.ports.find(p => p.number === number)?.name
  return name === undefined || name === endpoint.portName ? endpoint : { ...endpoint, portName: name }
}

/** In one order whatever came first, and each once: while slices are split an endpoint may be in two. */
function ordered(endpoints: Endpoint[]): readonly Endpoint[] {
  const byKey = new Map<string, Endpoint>()
  for (const e of endpoints) {
    // Written by hand, one address may stand for several: of other labels, in another place.
    const written = e.cluster === '' ? `${localityText(e.locality)}|${JSON.stringify(e.labels)}` : ''
    const key = `${e.cluster}|${e.portName}|${e.address}|${e.port}|${written}`
    const had = byKey.get(key)
    if (!had || rank(e) < rank(had)) byKey.set(key, e)
  }
  return [...byKey].sort(([a], [b]) => compare(a, b)).map(([, e]) => e)
}

function rank(e: Endpoint): number {
  return e.health === 'healthy' ? 0 : e.health === 'unhealthy' ? 1 : 2
}
