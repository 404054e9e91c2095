import type { EngineStep } from '../../snapshot/index.ts'
import type { MeshChange } from '../../sources/index.ts'
import type { Delivered } from '../../xds/index.ts'
import { Pending, type Push } from './push.ts'

/** Who wants to know how pushes go. Called in the way of changes: must be cheap. */
export interface PushObserver {
  /** A response was handed to a proxy's connection; `afterMs` since a source heard of the newest change in it, if any. */
  sent(step: Extract<Delivered, { kind: 'sent' }>, afterMs: number | undefined): void
  /** One proxy has answered for all of a push it was sent something of. */
  reached(push: Push, afterMs: number): void
  /** The last proxy has. */
  done(push: Push, afterMs: number): void
  /** Proxies fell so far behind that they are no longer waited for. */
  overtaken(push: Push): void
}

export interface PushLogOptions {
  /** Milliseconds with fractions. Default performance.now */
  readonly now?: () => number
  /** Pushes that are remembered. */
  readonly keep?: number
  /** Pushes that one proxy may owe an answer for before the oldest is not waited for any more. */
  readonly owed?: number
  readonly observer?: PushObserver
}

/**
 * Follows each change from where a source heard of it to the last proxy's answer. It costs a few field writes for a
 * response and an answer, and holds a bounded number of pushes, whatever proxies do.
 */
export class PushLog {
  readonly now: () => number
  readonly observer: PushObserver | undefined
  readonly owedLimit: number
  readonly #keep: number
  #recent: Push[] = []
  #heard: number | undefined
  #pending: Pending | undefined
  #follows = 0
  #latest: Push | undefined
  #ids = 0

  constructor(options: PushLogOptions = {}) {
    this.now = options.now ?? (() => performance.now())
    this.observer = options.observer
    this.#keep = options.keep ?? 100
    this.owedLimit = options.owed ?? 64
  }

  /** The last pushes that changed some proxy's view, newest first. */
  get recent(): readonly Push[] {
    return this.#recent.toReversed()
  }

  /** The last push of all; undefined before the first. */
  get latest(): Push | undefined {
    return this.#latest
  }

  heard(msAgo: number): void {
    const at = this.now() - msAgo
    if (this.#heard === undefined || at < this.#heard) this.#heard = at
  }

  published(changes: readonly (MeshChange | { readonly kind: 'everything' })[]): void {
    const now = this.now()
    const heard = this.#heard ?? now
    this.#heard = undefined
    if (changes.every(change => change.kind === 'findings')) return
    this.#pending ??= new Pending(heard, now)
    this.#pending.add(changes)
  }

  step(step: EngineStep): void {
    const now = this.now()
    if (step.kind === 'follows') {
      this.#follows = now
      return
    }
    const pending = this.#pending ?? new Pending(this.#follows, this.#follows)
    this.#pending = undefined
    this.#latest = pending.push(++this.#ids, this.#follows, now, step.views)
  }

  /** The latest push changed the view of one more proxy. */
  told(): Push | undefined {
    const push = this.#latest
    if (!push) return undefined
    push.waiting++
    if (push.told++ > 0) return push
    this.#recent.push(push)
    // Now and then at once, not one by one: an array is moved each time.
    if (this.#recent.length >= 2 * this.#keep) this.#recent = this.#recent.slice(-this.#keep)
    return push
  }

  /** A proxy is not waited for any more. */
  release(push: Push): void {
    push.waiting--
    // Where no proxy was sent anything, there is nothing to say about how long it took.
    if (push.waiting === 0 && push.answered > 0) this.observer?.done(push, push.answered - push.heard)
  }

  /** A proxy will not answer any more, or not in time. */
  lost(push: Push): void {
    push.lost++
    this.release(push)
  }
}
