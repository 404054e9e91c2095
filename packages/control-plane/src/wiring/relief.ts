import { getHeapStatistics } from 'node:v8'
import { type Clock, Pace } from '../runtime/index.ts'

export interface ReliefOptions {
  readonly clock: Clock
  /** True while somebody is connected, who would wait for the time it takes. */
  readonly busy: () => boolean
  /** Collects garbage: V8's own where the process was started with it. `all`: gives every byte back, which takes longer. */
  readonly collect?: (all: boolean) => void
  /** Bytes of objects, garbage among them. */
  readonly heapBytes?: () => number
}

/** Quiet time before memory is given back, milliseconds. */
const quietMs = 1_000

/** What is collected in some 60 ms. */
const smallBytes = 96 << 20

/**
 * Collects garbage when nobody waits. V8 keeps what starting, or reading configuration, has left behind where nothing more
 * happens, and giving all of it back stops the process for about a tenth of a second: so it is done while no proxy is connected.
 * What many proxies leave behind that connect at once V8 would collect with the next change, which is then several times as late:
 * so it is done in the first quiet second, where it is little enough.
 */
export class Relief {
  readonly #options: ReliefOptions
  readonly #pace = new Pace(quietMs)
  #cancel: (() => void) | undefined
  #came = false

  constructor(options: ReliefOptions) {
    this.#options = options
  }

  /** A proxy has come. */
  came(): void {
    this.#came = true
    this.soon()
  }

  /** Something has been done that left memory behind, or the last proxy has gone. */
  soon(): void {
    this.#cancel?.()
    this.#cancel = this.#options.clock.after(this.#pace.waitMs, () => {
      this.#cancel = undefined
      const { clock, busy, collect = collectGarbage, heapBytes = usedHeap } = this.#options
      const all = !busy()
      if (!all && !(this.#came && heapBytes() <= smallBytes)) return
      this.#came = false
      const began = clock.now()
      collect(all)
      this.#pace.took(clock.now() - began)
    })
  }

  stop(): void {
    this.#cancel?.()
  }
}

function collectGarbage(all: boolean): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: all ? 'last-resort' : 'regular' })
}

function usedHeap(): number {
  return getHeapStatistics().used_heap_size
}
