import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Who is signed in, in a signed cookie: any productpage of any region reads it, none keeps it. The sample's key is no
 * secret (there are no passwords either); `SESSION_KEY` sets another.
 */
export class Sessions {
  readonly #key: string
  constructor(key = process.env.SESSION_KEY || 'bookinfo') {
    this.#key = key
  }

  /** The Set-Cookie header for a user. */
  cookie(user: string): string {
    const value = Buffer.from(user, 'utf8').toString('base64url')
    return `session=${value}.${this.#sign(value)}; Path=/; HttpOnly; SameSite=Lax`
  }

  /** The Set-Cookie header that ends a session. */
  ended(): string {
    return 'session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0'
  }

  /** The user of a request's Cookie header; undefined when there is none or the signature is not ours. */
  user(cookies: string | undefined): string | undefined {
    const session = cookies
      ?.split(';')
      .map(cookie => cookie.trim())
      .find(cookie => cookie.startsWith('session='))
      ?.slice('session='.length)
    const [value, signature] = session?.split('.') ?? []
    if (!value || !signature) return undefined
    const expected = Buffer.from(this.#sign(value))
    const given = Buffer.from(signature)
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined
    return Buffer.from(value, 'base64url').toString('utf8')
  }

  #sign(value: string): string {
    return createHmac('sha256', this.#key).update(value).digest('base64url')
  }
}
