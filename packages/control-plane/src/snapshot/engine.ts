import type { Finding, Mesh, ProxyNode, ProxyView } from '../model/index.ts'
import { originText, viewKey } from '../model/index.ts'
import { type Clock, type Log, systemClock } from '../runtime/index.ts'
import { endpointsInClusters } from '../translate/cluster-kind.ts'
import { Acceptance } from './acceptance.ts'
import type { Snapshot } from './resource.ts'
import { nothing, type Touched, touchedBy, union } from './touched.ts'
import type { MeshChange, Translator } from './translator.ts'
import { ViewState } from './view-state.ts'

export interface EngineOptions {
  /** The mesh at this moment; undefined until there is one. */
  readonly mesh: () => Mesh | undefined
  readonly translator: Translator
  readonly log: Log
  readonly clock?: Clock
  /** Called with all findings of all views in use whenever they change. */
  readonly onFindings?: (findings: readonly Finding[]) => void
  /** Called when the views in use begin to follow a change, and when they have, before proxies are told. */
  readonly onStep?: (step: EngineStep) => void
  /** Runs a task after the current turn, so that changes of one turn are one. A simulation hands in its own. */
  readonly nextTurn?: (task: () => void) => void
  /** How long a view is kept after its last proxy has gone, so that a reconnect finds it. Milliseconds. */
  readonly lingerMs?: number
}

/** Where a change of the mesh is. `views`: how many were looked at. */
export type EngineStep = { readonly kind: 'follows' } | { readonly kind: 'followed'; readonly views: number }

/** One proxy's hold on its view. */
export interface SnapshotHandle {
  /** Undefined while nothing is known yet: nothing may be sent then. */
  snapshot(): Snapshot | undefined
  view(): ProxyView | undefined
  close(): void
}

interface Entry {
  readonly key: string
  readonly state: ViewState
  readonly handles: Set<Handle>
  /** True while a change waits to be followed: it is, when a proxy needs the view. */
  dirty: boolean
  /** Whose endpoints that change may touch. */
  touched: Touched
  forget?: () => void
}

interface Handle extends SnapshotHandle {
  readonly node: ProxyNode
  readonly onChange: () => void
  entry: Entry | undefined
  given: Snapshot | undefined
}

/**
 * One snapshot for each view in use, following the mesh at a cost that follows the change: endpoint changes touch single
 * assignments, other changes one pass over each view in use. Proxies with equal views share everything.
 */
export class SnapshotEngine {
  readonly #options: EngineOptions
  readonly #clock: Clock
  readonly #nextTurn: (task: () => void) => void
  readonly #acceptance = new Acceptance()
  readonly #entries = new Map<string, Entry>()
  readonly #handles = new Set<Handle>()
  #pending: MeshChange[] | undefined
  /** Views looked at while the last change was followed. */
  #made = 0
  /** The mesh as it was followed last. */
  #mesh: Mesh | undefined
  #findings: readonly Finding[] = []
  /** As they were told last. */
  #published: readonly Finding[] = []
  #publishing = false
  #findingsText = ''
  /** What each view had to say when they were last put together. */
  #said: readonly (readonly Finding[])[] = []

  constructor(options: EngineOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#nextTurn = options.nextTurn ?? (task => void setImmediate(task))
  }

  /** Views with a proxy, for metrics and people. */
  get views(): readonly {
    readonly view: ProxyView
    readonly proxies: number
    readonly snapshot: Snapshot | undefined
  }[] {
    return [...this.#entries.values()].map(e => ({
      view: e.state.view,
      proxies: e.handles.size,
      snapshot: e.state.snapshot,
    }))
  }

  /** What the views in use have to say, each finding once. */
  get findings(): readonly Finding[] {
    this.#gatherFindings()
    return this.#findings
  }

  /** What became of the resources that passes looked at, since the start. */
  get counts(): Acceptance['counts'] {
    return this.#acceptance.counts
  }

  /** Takes note that the mesh has changed; follows it at the end of this turn, together with all else that comes in it. */
  change(change: MeshChange): void {
    if (change.kind === 'findings') return
    if (!this.#pending) {
      this.#pending = []
      this.#nextTurn(() => this.#follow())
    }
    this.#pending.push(change)
  }

  /** A proxy comes. `onChange` is called, after the turn of a change, when `snapshot()` gives another object than before. */
  open(node: ProxyNode, onChange: () => void): SnapshotHandle {
    const engine = this
    const handle: Handle = {
      node,
      onChange,
      entry: undefined,
      given: undefined,
      snapshot: () => (handle.given = handle.entry?.state.snapshot),
      view: () => handle.entry?.state.view,
      close() {
        engine.#handles.delete(handle)
        engine.#place(handle, undefined)
      },
    }
    this.#handles.add(handle)
    const mesh = this.#options.mesh()
    if (mesh) this.#place(handle, this.#entryFor(node, mesh))
    // A new view may have found something.
    if (handle.entry?.handles.size === 1) this.#nextTurn(() => this.#publishFindings())
    return handle
  }

  #follow(): void {
    const pending = this.#pending
    this.#pending = undefined
    const mesh = this.#options.mesh()
    if (!pending || !mesh) return
    this.#made = 0
    this.#options.onStep?.({ kind: 'follows' })
    const hostnames = new Set(pending.filter(isEndpoints).flatMap(c => [...c.hostnames!]))
    if (pending.some(c => !isEndpoints(c) && c.kind !== 'workloads') || this.#inClusters(mesh, hostnames)) {
      let touched = nothing
      for (const change of pending) touched = union(touched, touchedBy(change, this.#mesh, mesh))
      for (const entry of this.#entries.values()) soil(entry, touched)
      this.#placeAll(mesh)
    } else {
      this.#followEndpoints(mesh, hostnames)
      if (pending.some(c => c.kind === 'workloads')) this.#placeAll(mesh)
    }
    this.#mesh = mesh
    this.#publishFindings()
    this.#options.onStep?.({ kind: 'followed', views: this.#made })
    for (const handle of [...this.#handles]) {
      if (this.#handles.has(handle) && handle.entry?.state.snapshot !== handle.given) handle.onChange()
    }
  }

  #inClusters(mesh: Mesh, hostnames: ReadonlySet<string>): boolean {
    const { translator } = this.#options
    return [...hostnames].some(hostname => {
      const service = mesh.services.get(hostname)
      return service !== undefined && (translator.endpointsInClusters ?? endpointsInClusters)(service)
    })
  }

  #placeAll(mesh: Mesh): void {
    for (const handle of this.#handles) this.#place(handle, this.#entryFor(handle.node, mesh))
  }

  #followEndpoints(mesh: Mesh, hostnames: ReadonlySet<string>): void {
    for (const entry of this.#entries.values()) {
      if (entry.handles.size === 0) soil(entry, hostnames)
      else this.#guarded(entry, () => entry.state.updateEndpoints(mesh, hostnames))
    }
  }

  /** The up-to-date entry of a proxy's view. What cannot be made leaves the proxy with what it has. */
  #entryFor(node: ProxyNode, mesh: Mesh): Entry | undefined {
    const view = this.#options.translator.viewOf(node, mesh)
    if (!view) return undefined
    const key = viewKey(view)
    let entry = this.#entries.get(key)
    if (!entry) {
      const state = new ViewState(view, this.#options.translator, this.#acceptance)
      entry = { key, state, handles: new Set(), dirty: true, touched: 'all' }
      this.#entries.set(key, entry)
    }
    if (entry.dirty) {
      const { state, touched } = entry
      entry.dirty = false
      entry.touched = nothing
      this.#guarded(entry, () => state.rebuild(mesh, touched))
    }
    return entry
  }

  #guarded(entry: Entry, work: () => void): void {
    this.#made++
    try {
      work()
    } catch (error) {
      soil(entry, 'all')
      this.#options.log.error({ code: 'ISM3016', err: error, view: entry.key }, 'a view could not be made')
    }
  }

  #place(handle: Handle, entry: Entry | undefined): void {
    const old = handle.entry
    if (old === entry) return
    handle.entry = entry
    entry?.forget?.()
    entry?.handles.add(handle)
    old?.handles.delete(handle)
    if (old && old.handles.size === 0) {
      old.forget = this.#clock.after(this.#options.lingerMs ?? 30_000, () => {
        if (old.handles.size === 0) this.#entries.delete(old.key)
      })
    }
  }

  /** Proxies come first: what views have to say is put together and told a moment later. */
  #publishFindings(): void {
    const { onFindings } = this.#options
    if (!onFindings || this.#publishing) return
    if (!this.#saysOther() && this.#findings === this.#published) return
    this.#publishing = true
    this.#clock.after(findingsMs, () => {
      this.#publishing = false
      const { findings } = this
      if (findings === this.#published) return
      this.#published = findings
      onFindings(findings)
    })
  }

  #gatherFindings(): void {
    const said = this.#saysOther()
    if (!said) return
    this.#said = said
    const found = new Map<string, Finding>()
    for (const f of said.flat()) found.set(textOf(f), f)
    const text = [...found.keys()].sort().join('\n')
    if (text === this.#findingsText) return
    this.#findingsText = text
    this.#findings = [...found.values()]
  }

  /** What each view has to say, where that is not what was put together last. */
  #saysOther(): readonly (readonly Finding[])[] | undefined {
    const said = [...this.#entries.values()].filter(e => e.handles.size > 0).map(e => e.state.findings)
    return said.length === this.#said.length && said.every((f, i) => f === this.#said[i]) ? undefined : said
  }
}

/** How long it may take until findings are told of. Milliseconds. */
const findingsMs = 50

const texts = new WeakMap<Finding, string>()

function textOf(f: Finding): string {
  let text = texts.get(f)
  if (text === undefined) {
    text = [f.code, originText(f.origin), f.message].join('\n')
    texts.set(f, text)
  }
  return text
}

function isEndpoints(change: MeshChange): boolean {
  return change.kind === 'endpoints' && change.hostnames !== undefined
}

function soil(entry: Entry, touched: Touched): void {
  entry.dirty = true
  entry.touched = union(entry.touched, touched)
}
