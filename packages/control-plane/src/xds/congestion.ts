import { IsthmusError } from '@isthmus/errors'
import type { Clock } from '../runtime/index.ts'
import type { Call } from './call.ts'

/**
 * Looks after clients that do not take what they were sent. Each costs at most what is under way to it (the bytes are
 * shared, later changes gather), and one that takes nothing at all for too long is dropped. One timer for all of them, and
 * none where there are none.
 */
export class Congestion {
  readonly #clock: Clock
  readonly #unreadMs: number
  /** By call, when it last took something. */
  readonly #since = new Map<Call, number>()
  #cancel: (() => void) | undefined

  /** `unreadMs`: how long a client may take nothing. It is noticed up to a quarter later. */
  constructor(clock: Clock, unreadMs: number) {
    this.#clock = clock
    this.#unreadMs = unreadMs
  }

  get size(): number {
    return this.#since.size
  }

  add(call: Call): void {
    if (this.#since.has(call)) return
    call.hasMoved()
    this.#since.set(call, this.#clock.now())
    this.#cancel ??= this.#clock.after(this.#unreadMs / 4, () => this.#look())
  }

  delete(call: Call): void {
    this.#since.delete(call)
  }

  close(): void {
    this.#cancel?.()
    this.#since.clear()
  }

  #look(): void {
    const now = this.#clock.now()
    for (const [call, since] of this.#since) {
      if (!call.congested) this.#since.delete(call)
      else if (call.hasMoved()) this.#since.set(call, now)
      else if (now - since >= this.#unreadMs) {
        this.#since.delete(call)
        call.drop(new IsthmusError('ISM3017', `nothing of what was sent was read for ${(now - since) / 1000} s`))
      }
    }
    this.#cancel = this.#since.size > 0 ? this.#clock.after(this.#unreadMs / 4, () => this.#look()) : undefined
  }
}
