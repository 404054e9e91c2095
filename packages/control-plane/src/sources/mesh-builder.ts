import type * as kube from '@isthmus/kubernetes'
import {
  type EntryWorkload,
  type ParseContext,
  parseCredential,
  parseServiceEntry,
  parseWorkloadEntry,
  type ServiceEntry,
} from '../istio/index.ts'
import {
  type Cluster,
  defaultMeshConfig,
  type Finding,
  type Mesh,
  type MeshConfig,
  type TlsCredential,
} from '../model/index.ts'
import { ClusterObjects } from './cluster-objects.ts'
import { FindingTable } from './findings.ts'
import { putMemberObject } from './member-objects.ts'
import type { MeshChange, MeshListener } from './mesh-change.ts'
import { isRuleKind, RuleTables } from './rule-table.ts'
import { same } from './same.ts'
import { ServiceTable } from './service-table.ts'
import { WorkloadTable } from './workload-table.ts'

/** Where an object of a configuration directory stands. */
export interface Place {
  readonly file?: string
  readonly line?: number
}

interface Known {
  readonly object: kube.KubeObject
  readonly place: Place
}

/**
 * Takes objects as sources see them and keeps the present Mesh, doing work in proportion to what changed. In whatever order
 * objects arrive, the mesh is the same. `source` is a member cluster's name, or '' for the mesh's own configuration.
 */
export class MeshBuilder {
  readonly #config: MeshConfig
  readonly #clusters = new Map<string, ClusterObjects>()
  readonly #entries = new Map<string, ServiceEntry>()
  readonly #machines = new Map<string, EntryWorkload>()
  readonly #credentials = new Map<string, TlsCredential>()
  readonly #rules = new RuleTables()
  readonly #findings = new FindingTable()
  readonly #services: ServiceTable
  readonly #workloads: WorkloadTable
  /** What was last put, by `source|kind` and key: the very same object again is no news. */
  readonly #known = new Map<string, Map<string, Known>>()
  readonly #changedClusters = new Set<string>()
  readonly #changedCredentials = new Set<string>()
  readonly #listeners = new Set<MeshListener>()
  readonly #schedule: (task: () => void) => void
  #scheduled = false
  /** True when the mesh's table of clusters is not the present one. */
  #staleClusters = false
  #mesh: Mesh

  readonly #onHeard: (msAgo: number) => void

  /**
   * @param options schedule: runs the work after the present turn; default setImmediate.
   *   onHeard: a source has heard, so many milliseconds ago, of what the mesh does not show yet
   */
  constructor(
    options: {
      config?: Partial<MeshConfig>
      schedule?: (task: () => void) => void
      onHeard?: (msAgo: number) => void
    } = {},
  ) {
    this.#onHeard = options.onHeard ?? (() => {})
    this.#config = { ...defaultMeshConfig, ...options.config }
    this.#schedule = options.schedule ?? setImmediate
    const inputs = { clusters: this.#clusters, entries: this.#entries, machines: this.#machines }
    this.#services = new ServiceTable(inputs, this.#findings, this.#config.domain)
    this.#workloads = new WorkloadTable(inputs)
    this.#mesh = {
      config: this.#config,
      clusters: new Map(),
      services: new Map(),
      endpoints: new Map(),
      workloads: new Map(),
      ...this.#rules.rules,
      credentials: new Map(),
    }
  }

  /** The present mesh; changes that wait for the end of the turn are not in it yet (see flush). */
  get mesh(): Mesh {
    return this.#mesh
  }

  /** Everything wrong with, or worth saying about, the objects. */
  get findings(): readonly Finding[] {
    return this.#findings.all
  }

  /** @returns ends the subscription */
  subscribe(listener: MeshListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Objects of a kind as a source last put them, with where they stand. */
  objects(source: string, kind: string): readonly { readonly object: kube.KubeObject; readonly place: Place }[] {
    return [...(this.#known.get(`${source}|${kind}`)?.values() ?? [])]
  }

  /** A member cluster as last set. */
  cluster(name: string): Cluster | undefined {
    return this.#clusters.get(name)?.cluster
  }

  /** A member cluster, or news of it (synced, stale, region). Its objects count once it is synced. */
  setCluster(cluster: Cluster): void {
    const had = this.#clusters.get(cluster.name)
    if (had && same(had.cluster, cluster)) return
    const before = had?.cluster
    if (had) had.cluster = cluster
    else this.#clusters.set(cluster.name, new ClusterObjects(cluster))
    this.#staleClusters = true
    // A sign of life alone changes nothing for proxies: it is in the mesh, but no notice is given.
    const onlyContact = before && same({ ...before, lastContact: 0 }, { ...cluster, lastContact: 0 })
    if (!onlyContact) {
      this.#changedClusters.add(cluster.name)
      this.#touchCluster(cluster.name)
    }
    this.#later()
  }

  /** The cluster has left the mesh: everything of it goes. */
  removeCluster(name: string): void {
    if (!this.#clusters.has(name)) return
    this.#touchCluster(name)
    this.#clusters.delete(name)
    this.#staleClusters = true
    this.#changedClusters.add(name)
    for (const key of this.#known.keys()) {
      if (!key.startsWith(`${name}|`)) continue
      for (const object of this.#known.get(key)?.keys() ?? []) this.#findings.set(`${key}|${object}`, [])
      this.#known.delete(key)
    }
    this.#later()
  }

  /** All objects of one kind that a source has: what it had before and is not among them is gone. */
  replace(
    source: string,
    kind: string,
    objects: readonly kube.KubeObject[],
    place: (object: kube.KubeObject) => Place = () => ({}),
  ): void {
    const now = new Set(objects.map(keyOf))
    for (const key of [...(this.#known.get(`${source}|${kind}`)?.keys() ?? [])])
      if (!now.has(key)) this.#put(source, kind, key, undefined)
    for (const object of objects) this.#put(source, kind, keyOf(object), object, place(object))
  }

  set(source: string, object: kube.KubeObject, place: Place = {}): void {
    this.#put(source, object.kind, keyOf(object), object, place)
  }

  delete(source: string, object: kube.KubeObject): void {
    this.#put(source, object.kind, keyOf(object), undefined)
  }

  /** Says what no object of the mesh tells: a source's own findings (a broken file), replaced as a whole by `key`. */
  report(key: string, findings: readonly Finding[]): void {
    this.#findings.set(`~source|${key}`, findings)
    this.#later()
  }

  /** Brings the mesh up to date now. @returns the present mesh */
  flush(): Mesh {
    this.#scheduled = false
    const changes: MeshChange[] = []
    let next: Mesh = this.#mesh
    if (this.#staleClusters) {
      this.#staleClusters = false
      next = { ...next, clusters: new Map([...this.#clusters].map(([name, c]) => [name, c.cluster])) }
    }
    if (this.#changedClusters.size > 0) {
      changes.push({ kind: 'clusters', names: new Set(this.#changedClusters) })
      this.#changedClusters.clear()
    }
    const rules = this.#rules.settle()
    if (rules.size > 0) {
      changes.push({ kind: 'rules', tables: rules })
      this.#findings.set('~delegates', this.#rules.delegateFindings)
      next = { ...next, ...this.#rules.rules }
    }
    const { services, endpoints, changed, moved } = this.#services.settle(next)
    if (changed.size > 0) changes.push({ kind: 'services', hostnames: changed })
    if (moved.size > 0) changes.push({ kind: 'endpoints', hostnames: moved })
    const { workloads, keys } = this.#workloads.settle(next)
    if (keys.size > 0) changes.push({ kind: 'workloads', keys })
    next = changes.length > 0 ? { ...next, services, endpoints, workloads } : next
    if (this.#changedCredentials.size > 0) {
      changes.push({ kind: 'credentials', keys: new Set(this.#changedCredentials) })
      this.#changedCredentials.clear()
      next = { ...next, credentials: new Map(this.#credentials) }
    }
    if (this.#findings.settle()) changes.push({ kind: 'findings' })
    this.#mesh = next
    if (changes.length > 0) for (const listener of [...this.#listeners]) listener(next, changes)
    return next
  }

  #put(source: string, kind: string, key: string, object: kube.KubeObject | undefined, place: Place = {}): void {
    const group = `${source}|${kind}`
    const known = this.#known.get(group) ?? new Map<string, Known>()
    this.#known.set(group, known)
    const had = known.get(key)
    if (had?.object === object && had?.place.line === place.line && had?.place.file === place.file) return
    if (object) known.set(key, { object, place })
    else known.delete(key)
    const context: ParseContext = { cluster: source, domain: this.#config.domain, ...place }
    const findings =
      source === ''
        ? this.#configuration(kind, key, object, context)
        : putMemberObject(this.#member(source), this.#services, this.#workloads, { kind, key, object, context })
    this.#findings.set(`${group}|${key}`, findings)
    this.#later()
  }

  /** Objects of the mesh API or a configuration directory. */
  #configuration(
    kind: string,
    key: string,
    object: kube.KubeObject | undefined,
    context: ParseContext,
  ): readonly Finding[] {
    if (isRuleKind(kind)) return this.#rules.set(kind, key, object, context)
    if (kind === 'ServiceEntry') {
      const parsed = object ? parseServiceEntry(object, context) : { findings: [] }
      const before = this.#entries.get(key)
      if (before && parsed.value && same(before, parsed.value)) return parsed.findings
      this.#workloads.touchEntry(before, parsed.value)
      this.#services.setEntry(key, parsed.value)
      return parsed.findings
    }
    if (kind === 'WorkloadEntry') {
      const parsed = object ? parseWorkloadEntry(object, context) : { findings: [] }
      const before = this.#machines.get(key)
      if (parsed.value) this.#machines.set(key, parsed.value)
      else this.#machines.delete(key)
      if (before && parsed.value && same(before, parsed.value)) return parsed.findings
      this.#workloads.touch(`/${key}`)
      this.#services.touchChosen(key.split('/')[0] ?? '', [before?.labels, parsed.value?.labels])
      return parsed.findings
    }
    if (kind === 'Secret') {
      const parsed = object ? parseCredential(object as kube.Secret, context) : { findings: [] }
      if (same(this.#credentials.get(key), parsed.value)) return parsed.findings
      if (parsed.value) this.#credentials.set(key, parsed.value)
      else this.#credentials.delete(key)
      this.#changedCredentials.add(key)
      return parsed.findings
    }
    return []
  }

  #member(name: string): ClusterObjects {
    const objects = this.#clusters.get(name)
    if (!objects) throw new Error(`cluster ${name} is not set`)
    return objects
  }

  #touchCluster(name: string): void {
    const objects = this.#clusters.get(name)
    if (!objects) return
    for (const key of objects.services.keys()) this.#services.touchService(key)
    for (const [key, pod] of objects.pods) {
      this.#workloads.touch(`${name}/${key}`)
      this.#services.touchChosen(pod.namespace, [pod.labels])
    }
  }

  /** For a source that heard of a change before it could read it: the change counts from then. */
  heard(msAgo: number): void {
    this.#onHeard(msAgo)
  }

  #later(): void {
    if (this.#scheduled) return
    this.#onHeard(0)
    this.#scheduled = true
    this.#schedule(() => {
      if (this.#scheduled) this.flush()
    })
  }
}

/** `namespace/name`; the name alone for cluster-scoped objects. */
export function keyOf(object: kube.KubeObject): string {
  const { namespace, name } = object.metadata
  return namespace ? `${namespace}/${name}` : name
}
