import { randomBytes } from 'node:crypto'
import type { Clock } from '../../runtime/index.ts'
import { digest } from './reviews.ts'

const linkMs = 5 * 60_000
const most = 1000

/** Sign-in links: a code that stands for somebody's token, once, for five minutes. */
export class SignInLinks {
  readonly #clock: Clock
  readonly #links = new Map<string, { readonly token: string; readonly expiresAt: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  create(token: string): { readonly code: string; readonly expiresAt: number } {
    const now = this.#clock.now()
    for (const [key, { expiresAt }] of this.#links)
      if (expiresAt <= now || this.#links.size >= most) this.#links.delete(key)
    const code = randomBytes(32).toString('base64url')
    const expiresAt = now + linkMs
    this.#links.set(digest(code), { token, expiresAt })
    return { code, expiresAt }
  }

  /** The token it stands for; the code is good no more, whatever comes of it. */
  take(code: string): string | undefined {
    const key = digest(code)
    const link = this.#links.get(key)
    this.#links.delete(key)
    return link && link.expiresAt > this.#clock.now() ? link.token : undefined
  }
}
