import { create } from '@bufbuild/protobuf'
import { ClusterLoadAssignmentSchema } from '@isthmus/envoy-api/envoy/config/endpoint/v3/endpoint'
import { inPieces, OrderedMap, PerPiece, type Pieces, patched } from '../collections/index.ts'
import type { Finding, Mesh, ProxyView } from '../model/index.ts'
import type { TranslatedResource } from '../translate/translated.ts'
import { type Acceptance, reportAll } from './acceptance.ts'
import { changedNames, emptyMap, keepIfEqual, type ResourceMap, rememberChange } from './diff.ts'
import type { Resource } from './resource.ts'
import type { Touched } from './touched.ts'
import type { Translator } from './translator.ts'

/** A view's clusters, and their names in order. */
export interface Clusters {
  readonly map: ResourceMap
  readonly names: Pieces<string>
}

/** The endpoint sets of one view: one for each EDS cluster, since a cluster without one would wait for it for ever. */
export class Assignments {
  readonly #view: ProxyView
  readonly #translator: Translator
  readonly #acceptance: Acceptance
  /** What they were made for last. */
  #clusters: Clusters = { map: emptyMap, names: [] }
  /** Names of sets in the order of their clusters, by the piece of clusters' names. */
  readonly #names = new PerPiece<string, readonly string[]>()
  #order: Pieces<string> = []
  #values: ResourceMap = emptyMap
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
  follow(mesh: Mesh, clusters: Clusters, touched: Touched, asTranslated: boolean): ResourceMap {
    const few = touched !== 'all' && asTranslated && !this.#shared && this.#clusters.map.size > 0
    if (!few || !this.#some(mesh, clusters, touched)) this.#all(mesh, clusters.map, touched)
    this.#clusters = clusters
    return this.#map
  }

  /** Follows a change of the endpoints of some hosts, and of nothing else. */
  update(mesh: Mesh, hostnames: Iterable<string>): ResourceMap {
    const changed = new Map<string, Resource | undefined>()
    this.#look(mesh, hostnames, this.#clusters.map, changed)
    this.#patch(changed)
    return this.#map
  }

  /** Of the clusters that changed, and of the hosts that were touched; false where that does not tell all. */
  #some(mesh: Mesh, { map: clusters, names }: Clusters, hostnames: Iterable<string>): boolean {
    const before = this.#map
    const changed = new Map<string, Resource | undefined>()
    for (const name of changedNames(this.#clusters.map, clusters)) {
      const set = clusters.get(name)?.endpointSet
      if (set !== undefined && set !== name) return false
      if (set === undefined && before.has(name)) changed.set(name, undefined)
      if (set !== undefined && !before.has(name)) changed.set(name, this.#assignment(mesh, name, undefined))
    }
    this.#look(mesh, hostnames, clusters, changed)
    for (const [name, resource] of changed) if (!resource) this.#say(name, [])
    // Sets stand in the order of their clusters, whatever came first.
    const ofClusters = (piece: readonly string[]) => piece.filter(name => clusters.get(name)?.endpointSet !== undefined)
    this.#order = names.map(piece => this.#names.of(piece, ofClusters))
    this.#patch(changed)
    return true
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

  #patch(changed: ReadonlyMap<string, Resource | undefined>): void {
    if (changed.size === 0) return
    const before = this.#map
    this.#values = patched(this.#values, changed)
    this.#map = new OrderedMap(this.#order, this.#values)
    rememberChange(before, this.#map, [...changed.keys()])
  }

  #all(mesh: Mesh, clusters: ResourceMap, touched: Touched): void {
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
    this.#map = keepIfEqual(before, after)
    this.#values = after
    this.#order = inPieces([...after.keys()])
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
