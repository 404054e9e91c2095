import type { Readable } from 'node:stream'
import type { KubeClient } from './client.ts'
import { isKubeError, KubeError, type Status } from './errors.ts'
import type { Kind } from './kinds.ts'
import type { KubeObject } from './meta.ts'
import { pause, type Random, systemRandom } from './time.ts'

export interface WatchState {
  /** True from an answered list or watch until the next failure. */
  readonly connected: boolean
  /** Milliseconds since the epoch of the API's last word (an answer, an event, a bookmark, an answered probe); 0: never. */
  readonly lastContact: number
  /** Why it is not connected. */
  readonly error?: KubeError
}

export interface WatchHandlers<T> {
  /** Everything there is, after each full list: replaces what was known. Never called for a failed list. */
  onSync(items: T[]): void
  onChange(type: 'added' | 'modified' | 'deleted', object: T): void
  /** Called when `connected` or the error changes, and after each contact of an idle watch. */
  onState?(state: WatchState): void
}

export interface WatchOptions {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly random?: Random
  /** First pause after a failure; doubles up to `maxBackoffMs`; each pause is 50 to 100% of that. */
  readonly backoffMs?: number
  readonly maxBackoffMs?: number
  /** After this long without a word, the API is asked whether it is there: a cut link sends no FIN. */
  readonly idleProbeMs?: number
  readonly probeTimeoutMs?: number
}

export interface Watch {
  readonly state: WatchState
  /** Ends it; no handler is called afterwards. Resolves when its connection is closed. */
  stop(): Promise<void>
}

interface WatchEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  object: T
}

const changes = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const

/**
 * Lists a kind, then watches it for good: with bookmarks, resuming where a broken watch stopped, listing again only when
 * the API has forgotten that point (410). While the API cannot be reached nothing is reported as gone: unknown is not none.
 */
export function watchList<T extends KubeObject>(
  client: KubeClient,
  kind: Kind,
  handlers: WatchHandlers<T>,
  options: WatchOptions = {},
): Watch {
  const watcher = new Watcher<T>(client, kind, handlers, options)
  const ended = watcher.run()
  return {
    get state() {
      return watcher.state
    },
    stop() {
      watcher.abort.abort()
      return ended
    },
  }
}

class Watcher<T extends KubeObject> {
  readonly abort = new AbortController()
  state: WatchState = { connected: false, lastContact: 0 }
  readonly #client: KubeClient
  readonly #kind: Kind
  readonly #handlers: WatchHandlers<T>
  readonly #options: WatchOptions
  readonly #random: Random
  #failures = 0
  /** Where to resume; '' asks for a new list. */
  #version = ''

  constructor(client: KubeClient, kind: Kind, handlers: WatchHandlers<T>, options: WatchOptions) {
    this.#client = client
    this.#kind = kind
    this.#handlers = handlers
    this.#options = options
    this.#random = options.random ?? systemRandom
  }

  async run(): Promise<void> {
    while (!this.abort.signal.aborted) {
      try {
        if (!this.#version) await this.#list()
        const opened = this.#client.clock.now()
        await this.#watch()
        // A server that ends watches at once must not be asked in a tight loop.
        if (this.#client.clock.now() - opened < 1000) await pause(this.#client.clock, 200, this.abort.signal)
      } catch (error) {
        if (this.abort.signal.aborted) return
        await this.#failed(error)
      }
    }
  }

  async #list(): Promise<void> {
    const { namespace, labelSelector, fieldSelector } = this.#options
    const options = { namespace, labelSelector, fieldSelector, signal: this.abort.signal }
    const { items, resourceVersion } = await this.#client.listAt<T>(this.#kind, options)
    if (this.abort.signal.aborted) return
    this.#version = resourceVersion
    this.#handlers.onSync(items)
    this.#contact()
  }

  async #watch(): Promise<void> {
    const { namespace, labelSelector, fieldSelector } = this.#options
    const connection = new AbortController()
    const signal = AbortSignal.any([this.abort.signal, connection.signal])
    // The API ends the watch after this long; spread so that watches do not all come back at once.
    const timeoutSeconds = Math.round(240 + 60 * this.#random.next())
    const opened = this.#client.stream({
      path: await this.#client.path(this.#kind, { namespace }),
      query: {
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion: this.#version,
        timeoutSeconds,
        labelSelector,
        fieldSelector,
      },
      signal,
    })
    const stopProbing = this.#probeWhileIdle(error => connection.abort(error))
    try {
      const body = await opened
      this.#contact()
      await this.#read(body)
    } catch (error) {
      throw connection.signal.aborted ? connection.signal.reason : error
    } finally {
      stopProbing()
    }
  }

  async #read(body: Readable): Promise<void> {
    for await (const line of linesOf(body)) {
      if (this.abort.signal.aborted) return
      if (line) this.#event(JSON.parse(line))
    }
  }

  #event(event: WatchEvent<T>): void {
    if (event.type === 'ERROR') {
      const status = event.object as unknown as Status
      const gone = status.code === 410
      const name = `watch ${this.#kind.kind}`
      throw new KubeError(
        gone ? 'gone' : 'server',
        status.code ?? 500,
        status.reason ?? '',
        name,
        `${name}: ${status.message ?? ''}`,
        { body: status },
      )
    }
    this.#version = event.object.metadata.resourceVersion ?? this.#version
    if (event.type !== 'BOOKMARK') this.#handlers.onChange(changes[event.type], event.object)
    this.#contact()
  }

  #contact(): void {
    const was = this.state
    this.state = { connected: true, lastContact: this.#client.clock.now() }
    this.#failures = 0
    if (!was.connected || was.lastContact !== this.state.lastContact) this.#handlers.onState?.(this.state)
  }

  /** Asks for a sign of life whenever the watch has been silent; `lost` is called when none comes. */
  #probeWhileIdle(lost: (error: unknown) => void): () => void {
    const idle = this.#options.idleProbeMs ?? 10_000
    const { clock } = this.#client
    let cancel = () => {}
    let stopped = false
    const arm = () => {
      const silent = clock.now() - this.state.lastContact
      cancel = clock.after(Math.max(idle - silent, idle / 10), async () => {
        if (stopped) return
        try {
          if (clock.now() - this.state.lastContact >= idle) {
            await this.#client.probe(this.#options.probeTimeoutMs)
            if (!stopped) this.#contact()
          }
        } catch (error) {
          if (!stopped) lost(error)
          return
        }
        if (!stopped) arm()
      })
    }
    arm()
    return () => {
      stopped = true
      cancel()
    }
  }

  async #failed(error: unknown): Promise<void> {
    const e = asKubeError(error, this.#kind)
    // The API has forgotten where we were: list again at once.
    if (e.kind === 'gone' && this.#version) {
      this.#version = ''
      return
    }
    const was = this.state
    this.state = { connected: false, lastContact: was.lastContact, error: e }
    if (was.connected || was.error?.message !== e.message) this.#handlers.onState?.(this.state)
    // After a refusal the list must be asked again: permissions or the kind itself may have changed meanwhile.
    if (isKubeError(e, 'forbidden', 'unauthorized', 'notFound', 'invalid', 'gone')) this.#version = ''
    const base = this.#options.backoffMs ?? 200
    const ceiling = Math.min(base * 2 ** this.#failures++, this.#options.maxBackoffMs ?? 10_000)
    await pause(this.#client.clock, ceiling * (0.5 + this.#random.next() / 2), this.abort.signal)
  }
}

function asKubeError(error: unknown, kind: Kind): KubeError {
  if (error instanceof KubeError) return error
  const name = `watch ${kind.kind}`
  const message = error instanceof Error ? error.message : String(error)
  return new KubeError('reset', 0, 'WatchBroken', name, `${name}: ${message}`, { cause: error })
}

async function* linesOf(body: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
}
