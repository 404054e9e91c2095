import { randomBytes } from 'node:crypto'
import { decodeJwt } from 'jose'
import type { Clock } from '../../runtime/index.ts'
import type { User } from './reviews.ts'
import { digest } from './reviews.ts'

/** Milliseconds: without any request; at all; between two looks at the token. */
export const idleMs = 60 * 60_000
const absoluteMs = 12 * 3_600_000
const reviewMs = 60_000
const most = 1000

export interface SignedIn extends User {
  readonly token: string
  readonly csrfToken: string
  readonly expiresAt: number
}

interface Row {
  session: SignedIn
  usedAt: number
  reviewedAt: number
}

/** Sessions of signed-in people, in memory only, by a digest of their ids: a restart signs everybody out. */
export class Sessions {
  readonly #clock: Clock
  readonly #rows = new Map<string, Row>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @returns the id: 256 random bits, known to the browser alone */
  start(user: User, token: string): { readonly id: string; readonly session: SignedIn } {
    const now = this.#clock.now()
    this.#sweep(now)
    const id = randomBytes(32).toString('base64url')
    const expiresAt = Math.min(now + absoluteMs, expiryOf(token) ?? Number.POSITIVE_INFINITY)
    const session = { ...user, token, csrfToken: randomBytes(32).toString('base64url'), expiresAt }
    this.#rows.set(digest(id), { session, usedAt: now, reviewedAt: now })
    return { id, session }
  }

  /** `due`: its token has not been looked at for a while. Using a session keeps it from going idle. */
  find(id: string, used = true): { readonly session: SignedIn; readonly due: boolean } | undefined {
    const row = this.#rows.get(digest(id))
    const now = this.#clock.now()
    if (!row || this.#over(row, now)) {
      this.end(id)
      return undefined
    }
    if (used) row.usedAt = now
    return { session: row.session, due: now - row.reviewedAt >= reviewMs }
  }

  /** The token is still good; groups may have changed. */
  reviewed(id: string, user: User): SignedIn | undefined {
    const row = this.#rows.get(digest(id))
    if (!row) return undefined
    row.reviewedAt = this.#clock.now()
    row.session = { ...row.session, ...user }
    return row.session
  }

  end(id: string): void {
    this.#rows.delete(digest(id))
  }

  #over(row: Row, now: number): boolean {
    return now >= row.session.expiresAt || now - row.usedAt >= idleMs
  }

  #sweep(now: number): void {
    for (const [key, row] of this.#rows) if (this.#over(row, now)) this.#rows.delete(key)
    // Oldest first: nobody can fill the memory.
    for (const key of this.#rows.keys()) {
      if (this.#rows.size < most) break
      this.#rows.delete(key)
    }
  }
}

/** When a token says it ends, in milliseconds; undefined where it does not say. The mesh API has checked it, not we. */
function expiryOf(token: string): number | undefined {
  try {
    const { exp } = decodeJwt(token)
    return exp === undefined ? undefined : exp * 1000
  } catch {
    return undefined
  }
}
