import { type Clock, Pace } from '../runtime/index.ts'

export interface ReliefOptions {
  readonly clock: Clock
  /** True while somebody is connected, who would wait for the time it takes. */
  readonly busy: () => boolean
  /** Collects all garbage and gives the memory back: V8's own where the process was started with it. */
  readonly collect?: () => void
}

/** Quiet time before memory is given back, milliseconds. */
const quietMs = 1_000

/**
 * Gives memory back to the system that starting, or reading configuration, has left behind. V8 keeps it where nothing more
 * happens, and collecting all of it stops the process for about a tenth of a second: so it is done while no proxy is connected.
 */
export class Relief {
  readonly #options: ReliefOptions
  readonly #pace = new Pace(quietMs)
  #cancel: (() => void) | undefined

  constructor(options: ReliefOptions) {
    this.#options = options
  }

  /** Something has been done that left memory behind, or the last proxy has gone. */
  soon(): void {
    this.#cancel?.()
    this.#cancel = this.#options.clock.after(this.#pace.waitMs, () => {
      this.#cancel = undefined
      const { clock, busy, collect = collectAll } = this.#options
      if (busy()) return
      const began = clock.now()
      collect()
      this.#pace.took(clock.now() - began)
    })
  }

  stop(): void {
    this.#cancel?.()
  }
}

function collectAll(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
