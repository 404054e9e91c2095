import type { Pieces } from '../collections/index.ts'
import type { Finding, Mesh, ProxyView } from '../model/index.ts'
import type { TranslatedPieces, TranslatedResource } from '../translate/translated.ts'
import type { Acceptance } from './acceptance.ts'
import { Assignments } from './assignments.ts'
import { Collection } from './collection.ts'
import { consistentListener, consistentRoute } from './consistency.ts'
import { emptyMap, type ResourceMap } from './diff.ts'
import { type Resource, type Snapshot, typeUrls } from './resource.ts'
import type { Gone } from './taken.ts'
import type { Touched } from './touched.ts'
import type { Translator } from './translator.ts'

/** What one view holds now, and how it follows the mesh: all of it, or the endpoints of some hosts. */
export class ViewState {
  readonly view: ProxyView
  readonly #translator: Translator
  readonly #acceptance: Acceptance
  readonly #collections = new Map<string, Collection>()
  /** True once a pass has gone through all types. */
  #whole = false
  #snapshot: Snapshot | undefined
  readonly #assignments: Assignments
  /** Of the last full pass. */
  #found: readonly Finding[] = []
  #translated: TranslatedPieces['findings']
  #said: object = {}
  /** Undefined until they are asked for again. */
  #findings: readonly Finding[] | undefined

  constructor(view: ProxyView, translator: Translator, acceptance: Acceptance) {
    this.view = view
    this.#translator = translator
    this.#acceptance = acceptance
    this.#assignments = new Assignments(view, translator, acceptance, () => {
      this.#saysAnother()
    })
  }

  /** Undefined before the first pass: nothing may be sent then. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot
  }

  /** The same object as long as the findings are. */
  get said(): object {
    return this.#said
  }

  get findings(): readonly Finding[] {
    this.#findings ??= [
      ...this.#found,
      ...(this.#translated?.() ?? []),
      ...[...this.#assignments.findings.values()].flat(),
    ]
    return this.#findings
  }

  map(typeUrl: string): ResourceMap {
    return this.#snapshot?.resources.get(typeUrl) ?? emptyMap
  }

  /**
   * Follows any change, of which only `touched` hosts' endpoints may be different. Where nothing is different in the end,
   * snapshot and maps stay the same objects.
   */
  rebuild(mesh: Mesh, touched: Touched = 'all'): void {
    const findings: Finding[] = []
    const report = (finding: Finding) => void findings.push(finding)
    const acceptance = this.#acceptance
    // What a pass that failed half way took away, the types after it have not heard of.
    if (!this.#whole) for (const collection of this.#collections.values()) collection.forget()
    this.#whole = false
    const t = this.#translator.translate(this.view, mesh)
    const follow = (
      typeUrl: string,
      items: Pieces<TranslatedResource>,
      accept: (item: TranslatedResource, before: Resource | undefined) => Resource | undefined,
      gone?: Gone,
    ) => {
      const said = findings.length
      // What is refused or held back is said, and then looked at again in every pass.
      return this.#collection(typeUrl).follow(items, accept, gone, () => findings.length === said)
    }
    const clusters = follow(typeUrls.cluster, t.clusters, (item, old) => acceptance.accept(item, old, report))
    const { names } = this.#collection(typeUrls.cluster)
    const endpoints = this.#assignments.follow(mesh, { map: clusters, names }, touched, findings.length === 0)
    const routes = follow(
      typeUrls.route,
      t.routes,
      (item, old) => consistentRoute(item, old, clusters, acceptance, report),
      this.#whatIsGone(),
    )
    const listeners = follow(
      typeUrls.listener,
      t.listeners,
      (item, old) => consistentListener(item, old, clusters, routes, acceptance, report),
      this.#whatIsGone(),
    )
    const secrets = follow(typeUrls.secret, t.secrets, (item, old) => acceptance.accept(item, old, report))
    this.#whole = true
    this.#sayOfAll(findings, t.findings)
    this.#publish([
      [typeUrls.cluster, clusters],
      [typeUrls.endpoint, endpoints],
      [typeUrls.listener, listeners],
      [typeUrls.route, routes],
      [typeUrls.secret, secrets],
    ])
  }

  /** Follows a change of endpoints only: touches the assignments of those hosts, nothing else. */
  updateEndpoints(mesh: Mesh, hostnames: Iterable<string>): void {
    if (!this.#snapshot) return
    this.#publish([[typeUrls.endpoint, this.#assignments.update(mesh, hostnames)]])
  }

  /** Undefined where neither a cluster nor a route configuration has gone in this pass. */
  #whatIsGone(): Gone | undefined {
    const clusters = this.#collection(typeUrls.cluster).gone
    const routes = this.#collection(typeUrls.route).gone
    return clusters.size === 0 && routes.size === 0 ? undefined : { clusters, routes }
  }

  #collection(typeUrl: string): Collection {
    let collection = this.#collections.get(typeUrl)
    if (!collection) {
      collection = new Collection()
      this.#collections.set(typeUrl, collection)
    }
    return collection
  }

  /** Findings of the pass itself and of translation. */
  #sayOfAll(found: readonly Finding[], translated: TranslatedPieces['findings']): void {
    if (found.length === 0 && this.#found.length === 0 && this.#translated === translated) return
    this.#found = found
    this.#translated = translated
    this.#saysAnother()
  }

  #saysAnother(): void {
    this.#said = {}
    this.#findings = undefined
  }

  #publish(maps: readonly (readonly [string, ResourceMap])[]): void {
    const resources = new Map(this.#snapshot?.resources)
    let changed = this.#snapshot === undefined
    for (const [typeUrl, map] of maps) {
      if (resources.get(typeUrl) === map) continue
      resources.set(typeUrl, map)
      changed = true
    }
    if (changed) this.#snapshot = { resources }
  }
}
