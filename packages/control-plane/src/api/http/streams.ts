import { ApiError } from '../problem.ts'

/** Each works once a second. */
const mostOfAll = 500
/** A fifth: whoever opens all they can leaves the others theirs. Who shares an account (the command's) shares this, too. */
const mostOfOne = 100

/** The streams that are open, by user. */
export class Streams {
  readonly #open = new Map<string, number>()
  #all = 0

  /** One more of that user; the result ends it. Throws ISM5118. */
  begin(user: string): () => void {
    const own = this.#open.get(user) ?? 0
    if (own >= mostOfOne) throw tooMany(`${own} of ${user} are open`)
    if (this.#all >= mostOfAll) throw tooMany(`${this.#all} are open`)
    this.#open.set(user, own + 1)
    this.#all++
    let ended = false
    return () => {
      if (ended) return
      ended = true
      this.#all--
      const left = (this.#open.get(user) ?? 1) - 1
      if (left > 0) this.#open.set(user, left)
      else this.#open.delete(user)
    }
  }
}

function tooMany(detail: string): ApiError {
  return new ApiError(429, 'ISM5118', detail, { headers: { 'retry-after': '10' } })
}
