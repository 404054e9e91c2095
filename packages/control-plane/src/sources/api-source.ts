import { join } from 'node:path'
import {
  type Kind,
  type KubeClient,
  type KubeError,
  type KubeObject,
  type Watch,
  type WatchState,
  watchList,
} from '@isthmus/kubernetes'
import type { Clock, Log, Random } from '../runtime/index.ts'
import { keyOf } from './mesh-builder.ts'
import { slim } from './slim.ts'
import { StateFile } from './state-file.ts'

export interface SourceStatus {
  /** True once a full list of every kind is known, from the API or from disk. */
  readonly synced: boolean
  /** True while the API cannot be read: what is known is the last that was. */
  readonly stale: boolean
  /** Milliseconds since the epoch of the API's last word; 0: never. */
  readonly lastContact: number
  /** Why it is stale. */
  readonly error?: KubeError
}

export interface WatchedKind {
  readonly kind: Kind
  /** Undefined: all namespaces. */
  readonly namespace?: string
}

export interface ApiSourceOptions {
  /** Names the state file; a member cluster's name, or `mesh`. */
  readonly name: string
  readonly client: KubeClient
  /** Where last known objects are kept; undefined: nowhere. */
  readonly stateDirectory?: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** How long an API may be silent before what is known of it counts as stale. Default 2 s. */
  readonly staleAfterMs?: number
  /** As in watchList. */
  readonly idleProbeMs?: number
  /** Which objects may be kept on disk. Default: all. */
  readonly keep?: (object: KubeObject) => boolean
  /** What the sink knows of the source already, where this one takes over from another (new credentials). */
  readonly before?: SourceStatus
}

/** What an ApiSource tells. Objects are slim; all of a first list come in one turn, before `status`. */
export interface ApiSourceSink {
  replace(kind: string, objects: readonly KubeObject[]): void
  set(object: KubeObject): void
  delete(object: KubeObject): void
  status(status: SourceStatus): void
}

/** How often an unchanged source's lastContact is passed on. */
const contactEveryMs = 10_000

/** Watches several kinds of one API as one whole: it is synced when all are, stale when any is not connected. */
export class ApiSource {
  readonly name: string
  /** Resolves when the source is synced, or is known to be out of reach (then from disk, where that is possible). */
  readonly ready: Promise<void>
  readonly #options: ApiSourceOptions
  readonly #sink: ApiSourceSink
  readonly #kinds: readonly WatchedKind[]
  readonly #file: StateFile | undefined
  readonly #known = new Map<string, Map<string, KubeObject>>()
  /** First lists, until all are there: half of a cluster would look like a cluster that lost half. */
  #waiting: Map<string, readonly KubeObject[]> | undefined = new Map()
  #watches: Watch[] = []
  #states: (WatchState | undefined)[] = []
  #status: SourceStatus = { synced: false, stale: true, lastContact: 0 }
  #cancelStale: (() => void) | undefined
  #isReady: () => void = () => {}
  #stopped = false

  constructor(kinds: readonly WatchedKind[], sink: ApiSourceSink, options: ApiSourceOptions) {
    this.name = options.name
    if (options.before) this.#status = options.before
    this.#options = options
    this.#sink = sink
    this.#kinds = kinds
    this.ready = new Promise(resolve => {
      this.#isReady = resolve
    })
    if (options.stateDirectory)
      this.#file = new StateFile(join(options.stateDirectory, `${options.name}.json`), options)
  }

  get status(): SourceStatus {
    return this.#status
  }

  async start(): Promise<this> {
    const state = this.#status.synced ? undefined : await this.#file?.load()
    if (this.#stopped) return this
    if (state) {
      for (const { kind } of this.#kinds) this.#replace(kind.kind, state.objects[kind.kind] ?? [])
      this.#tell({ synced: true, stale: true, lastContact: state.lastContact })
    }
    const { client, random, idleProbeMs } = this.#options
    this.#watches = this.#kinds.map(({ kind, namespace }, i) =>
      watchList<KubeObject>(
        client,
        kind,
        {
          onSync: items => this.#synced(kind.kind, items.map(slim)),
          onChange: (type, object) =>
            this.#changed(type, slim({ ...object, apiVersion: kind.apiVersion, kind: kind.kind })),
          onState: s => this.#connection(i, s),
        },
        { namespace, random, idleProbeMs, maxBackoffMs: 3_000 },
      ),
    )
    return this
  }

  /** Ends the watches and writes what has not been written yet. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelStale?.()
    await Promise.all(this.#watches.map(w => w.stop()))
    await this.#file?.flush()
  }

  /** As stop, and forgets what is on disk: the cluster has left the mesh. */
  async remove(): Promise<void> {
    await this.stop()
    await this.#file?.remove()
  }

  #synced(kind: string, objects: readonly KubeObject[]): void {
    if (!this.#waiting) {
      this.#replace(kind, objects)
      this.#save()
      return
    }
    this.#waiting.set(kind, objects)
    if (this.#waiting.size < this.#kinds.length) return
    const lists = this.#waiting
    this.#waiting = undefined
    for (const [k, list] of lists) this.#replace(k, list)
    this.#save()
    this.#settle()
  }

  #changed(type: 'added' | 'modified' | 'deleted', object: KubeObject): void {
    const key = keyOf(object)
    if (this.#waiting) {
      // Between this kind's list and the others': the list is kept up to date.
      const list = (this.#waiting.get(object.kind) ?? []).filter(o => keyOf(o) !== key)
      this.#waiting.set(object.kind, type === 'deleted' ? list : [...list, object])
      return
    }
    const table = this.#known.get(object.kind)
    if (type === 'deleted') {
      table?.delete(key)
      this.#sink.delete(object)
    } else {
      table?.set(key, object)
      this.#sink.set(object)
    }
    this.#save()
  }

  #replace(kind: string, objects: readonly KubeObject[]): void {
    this.#known.set(kind, new Map(objects.map(o => [keyOf(o), o])))
    this.#sink.replace(kind, objects)
  }

  #connection(index: number, state: WatchState): void {
    this.#states[index] = state
    // A kind the API does not serve has no objects: that is known, not unknown.
    const kind = this.#kinds[index]?.kind.kind ?? ''
    if (state.error?.kind === 'notFound' && this.#waiting && !this.#waiting.has(kind)) {
      this.#options.log.warn({ source: this.name, kind }, 'the API does not serve this kind: none of its objects count')
      this.#synced(kind, [])
    }
    this.#settle()
  }

  /** Works out the status from the watches'. */
  #settle(): void {
    if (this.#stopped) return
    const { clock, staleAfterMs = 2_000 } = this.#options
    const states = this.#kinds.map((_, i) => this.#states[i])
    const failed = states.find(s => s?.error && s.error.kind !== 'notFound')
    const lastContact = Math.max(this.#status.lastContact, ...states.map(s => s?.lastContact ?? 0))
    if (!failed) {
      this.#cancelStale?.()
      this.#cancelStale = undefined
      if (this.#waiting) return
      this.#tell({ synced: true, stale: false, lastContact })
      this.#isReady()
      return
    }
    if (this.#status.stale) {
      // Never connected yet (or still not): what is on disk, if anything, is what there is.
      this.#tell({ ...this.#status, lastContact, error: failed.error })
      this.#isReady()
      return
    }
    this.#cancelStale ??= clock.after(staleAfterMs, () => {
      this.#cancelStale = undefined
      this.#tell({ ...this.#status, stale: true, error: this.#states.find(s => s?.error)?.error })
      this.#isReady()
    })
  }

  #tell(next: SourceStatus): void {
    const was = this.#status
    const changed = was.synced !== next.synced || was.stale !== next.stale || was.error?.message !== next.error?.message
    if (!changed && next.lastContact - was.lastContact < contactEveryMs) return
    this.#status = next
    const { log } = this.#options
    if (changed && next.stale && next.error)
      log.warn(
        { source: this.name, error: next.error.message },
        'the API cannot be read: what is known of it is kept, marked stale',
      )
    else if (was.stale && !next.stale) log.info({ source: this.name }, 'in step with the API')
    this.#sink.status(next)
    if (!changed) this.#save()
  }

  #save(): void {
    const { keep = () => true } = this.#options
    this.#file?.save(() => ({
      lastContact: this.#status.lastContact,
      objects: Object.fromEntries([...this.#known].map(([kind, table]) => [kind, [...table.values()].filter(keep)])),
    }))
  }
}
