import { create } from '@bufbuild/protobuf'
import { ClusterLoadAssignmentSchema } from '@isthmus/envoy-api/envoy/config/endpoint/v3/endpoint'
import { patched } from '../collections/index.ts'
import type { Finding, Mesh, ProxyView } from '../model/index.ts'
import type { TranslatedResource } from '../translate/translated.ts'
import { type Acceptance, reportAll } from './acceptance.ts'
import { changedNames, emptyMap, keepIfEqual, type ResourceMap, rememberChange } from './diff.ts'
import type { Resource } from './resource.ts'
import type { Touched } from './touched.ts'
import type { Translator } from './translator.ts'

/** The endpoint sets of one view: one for each EDS cluster, since a cluster without one would wait for it for ever. */
export class Assignments {
  readonly #view: ProxyView
  readonly #translator: Translator
  readonly #acceptance: Acceptance
  /** What they were made for last. */
  #clusters: ResourceMap = emptyMap
  #map: ResourceMap = emptyMap
  /** True where a cluster asks for a set of another name than its own: then nothing is known of who else does. */
  #shared = false
  readonly #findings = new Map<string, readonly Finding[]>()
  /** Hears that what is found is different now. */
  readonly #onFindings: () => void

  constructor(view: ProxyView, translator: Translator, acceptance: Acceptance, onFindings: () => void) {
    this.#view = view
    this.#translator = translator
    this.#acceptance = acceptance
    this.#onFindings = onFindings
  }

  /** By the name of the set. */
  get findings(): ReadonlyMap<string, readonly Finding[]> {
    return this.#findings
  }

  /**
   * Follows a change of clusters, and of the endpoints of `touched` hosts. `asTranslated` is false where some cluster is not
   * the one that translation meant. The same map where nothing is different.
   */
  follow(mesh: Mesh, clusters: ResourceMap, touched: Touched, asTranslated: boolean): ResourceMap {
    const few = touched !== 'all' && asTranslated && !this.#shared && this.#clusters.size > 0
    this.#map = (few ? this.#some(mesh, clusters, touched) : undefined) ?? this.#all(mesh, clusters, touched)
    this.#clusters = clusters
    return this.#map
  }

  /** Follows a change of the endpoints of some hosts, and of nothing else. */
  update(mesh: Mesh, hostnames: Iterable<string>): ResourceMap {
    const before = this.#map
    const changed = new Map<string, Resource | undefined>()
    this.#look(mesh, hostnames, this.#clusters, changed)
    this.#map = this.#patch(before, changed)
    return this.#map
  }

  /** Of the clusters that changed, and of the hosts that were touched; undefined where that does not tell all. */
  #some(mesh: Mesh, clusters: ResourceMap, hostnames: Iterable<string>): ResourceMap | undefined {
    const before = this.#map
    const changed = new Map<string, Resource | undefined>()
    let added = false
    for (const name of changedNames(this.#clusters, clusters)) {
      const set = clusters.get(name)?.endpointSet
      if (set !== undefined && set !== name) return undefined
      if (set === undefined && before.has(name)) changed.set(name, undefined)
      if (set !== undefined && !before.has(name)) {
        changed.set(name, this.#assignment(mesh, name, undefined))
        added = true
      }
    }
    this.#look(mesh, hostnames, clusters, changed)
    for (const [name, resource] of changed) if (!resource) this.#say(name, [])
    return added ? this.#inOrder(before, clusters, changed) : this.#patch(before, changed)
  }

  #look(
    mesh: Mesh,
    hostnames: Iterable<string>,
    clusters: ResourceMap,
    changed: Map<string, Resource | undefined>,
  ): void {
    for (const hostname of hostnames) {
      for (const name of this.#translator.clustersOf(this.#view, mesh, hostname)) {
        const old = this.#map.get(name)
        // Not an assignment that a cluster of this view asks for.
        if (!old || (!this.#shared && clusters.get(name)?.endpointSet === undefined)) continue
        const resource = this.#assignment(mesh, name, old)
        if (resource !== old) changed.set(name, resource)
      }
    }
  }

  #patch(before: ResourceMap, changed: ReadonlyMap<string, Resource | undefined>): ResourceMap {
    if (changed.size === 0) return before
    const after = patched(before, changed)
    rememberChange(before, after, [...changed.keys()])
    return after
  }

  /** Sets stand in the order of their clusters, whatever came first. */
  #inOrder(before: ResourceMap, clusters: ResourceMap, changed: ReadonlyMap<string, Resource | undefined>) {
    const after = new Map<string, Resource>()
    for (const { endpointSet } of clusters.values()) {
      if (endpointSet === undefined) continue
      const resource = changed.get(endpointSet) ?? before.get(endpointSet)
      if (resource) after.set(endpointSet, resource)
    }
    rememberChange(before, after, [...changed.keys()])
    return after
  }

  #all(mesh: Mesh, clusters: ResourceMap, touched: Touched): ResourceMap {
    const before = this.#map
    const after = new Map<string, Resource>()
    this.#shared = false
    for (const { name, endpointSet } of clusters.values()) {
      if (endpointSet === undefined) continue
      if (endpointSet !== name) this.#shared = true
      if (after.has(endpointSet)) continue
      const old = before.get(endpointSet)
      const same = old && touched !== 'all' && !touched.has(hostOf(endpointSet))
      after.set(endpointSet, same ? old : this.#assignment(mesh, endpointSet, old))
    }
    for (const name of this.#findings.keys()) if (!after.has(name)) this.#say(name, [])
    return keepIfEqual(before, after)
  }

  #assignment(mesh: Mesh, name: string, before: Resource | undefined): Resource {
    const findings: Finding[] = []
    const report = (finding: Finding) => void findings.push(finding)
    const t = this.#translator.translateEndpoints(this.#view, mesh, name)
    let resource = this.#acceptance.accept(t, before, report) ?? this.#emptyAssignment(t)
    if (before && this.#has(before) && !this.#has(resource)) {
      const stale = staleSource(mesh, name)
      if (stale !== undefined) {
        const message = `the last endpoints of ${name} are kept: a change would leave none while cluster ${stale} cannot be read`
        reportAll(before, 'ISM3003', message, report, 'warning')
        resource = before
      }
    }
    this.#say(name, findings)
    return resource
  }

  #say(set: string, findings: readonly Finding[]): void {
    if (findings.length === 0 && !this.#findings.delete(set)) return
    if (findings.length > 0) this.#findings.set(set, findings)
    this.#onFindings()
  }

  #has(assignment: Resource): boolean {
    return this.#acceptance.references(assignment).hasEndpoints
  }

  #emptyAssignment(t: TranslatedResource): Resource {
    const message = create(ClusterLoadAssignmentSchema, { clusterName: t.name })
    const empty = { ...t, message, schema: ClusterLoadAssignmentSchema, written: undefined }
    return this.#acceptance.accept(empty, undefined, () => {})!
  }
}

/** A cluster of the service that cannot be read now. */
function staleSource(mesh: Mesh, name: string): string | undefined {
  const service = mesh.services.get(hostOf(name))
  return service?.clusters.find(cluster => mesh.clusters.get(cluster)?.stale)
}

/** The host whose endpoints an assignment holds: the last part of Istio's `outbound|PORT|SUBSET|HOST`. */
function hostOf(name: string): string {
  return name.slice(name.lastIndexOf('|') + 1)
}
