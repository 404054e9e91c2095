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
  /** Called whenever `findings` may have changed. */
  readonly onFindings?: () => void
  /** Called when the views in use begin to follow a change, and when they have, before proxies are told. */
  readonly onStep?: (step: EngineStep) => void
  /** Runs a task after the current turn, so that changes of one turn are one. A simulation hands in its own. */
  readonly nextTurn?: (task: () => void) => void
  /** How long a view is kept after its last proxy has gone, so that a reconnect finds it. Milliseconds. */
  readonly lingerMs?: number
  /** Called when a view has been forgotten: what was made for it is garbage now. */
  readonly onForgotten?: () => void
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
  /** Undefined until they are asked for again. */
  #findings: readonly Finding[] | undefined
  /** What each view said when they were put together last, and when they were told of. */
  #said: readonly object[] = []
  #told: readonly object[] = []

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

  /** What the views in use have to say, each finding once: put together when somebody asks, for proxies come first. */
  get findings(): readonly Finding[] {
    const states = this.#inUse()
    const said = states.map(state => state.said)
    if (!this.#findings || !sameItems(said, this.#said))
      this.#findings = [...new Map(states.flatMap(({ findings }) => findings.map(f => [textOf(f), f]))).values()]
    this.#said = said
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
        if (old.handles.size > 0) return
        this.#entries.delete(old.key)
        this.#options.onForgotten?.()
      })
    }
  }

  #inUse(): readonly ViewState[] {
    return [...this.#entries.values()].filter(e => e.handles.size > 0).map(e => e.state)
  }

  #publishFindings(): void {
    const said = this.#inUse().map(state => state.said)
    if (sameItems(said, this.#told)) return
    this.#told = said
    this.#options.onFindings?.()
  }
}

function sameItems(a: readonly object[], b: readonly object[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i])
}

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
