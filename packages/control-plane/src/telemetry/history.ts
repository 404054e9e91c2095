import { type Count, type Resolution, Ring } from './ring.ts'

/** The last five minutes in steps of 2 s, and the last hour in steps of 15 s: about 3 kB. */
export const fine: Resolution = { stepMs: 2_000, steps: 151 }
const coarse: Resolution = { stepMs: 15_000, steps: 241 }

/** The finest resolution that remembers a window of this length. */
export function resolutionFor(windowMs: number): Resolution {
  return windowMs <= (fine.steps - 1) * fine.stepMs ? fine : coarse
}

/** An hour of counts of one thing, of fixed size. */
export class History {
  readonly #fine = new Ring(fine)
  readonly #coarse = new Ring(coarse)
  #total: Count = { requests: 0, errors: 0 }
  /** When something was last counted; milliseconds since the epoch. */
  last = 0

  add(from: number, to: number, count: Count): void {
    this.#fine.add(from, to, count)
    this.#coarse.add(from, to, count)
    this.last = Math.max(this.last, to)
    this.#total = { requests: this.#total.requests + count.requests, errors: this.#total.errors + count.errors }
  }

  at(resolution: Resolution): Ring {
    return resolution === fine ? this.#fine : this.#coarse
  }

  /** Everything ever counted here. */
  get total(): Count {
    return this.#total
  }
}
