import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../runtime/index.ts'
import type { Caller } from '../call.ts'
import { isLoopbackName } from '../http/loopback.ts'
import { ApiError } from '../problem.ts'
import { Attempts } from './attempts.ts'
import { SignInLinks } from './links.ts'
import { type Attributes, attributesText, type Reviews } from './reviews.ts'
import { Sessions } from './sessions.ts'

/** Who asks, and whether they may: the only way in. */
export interface Gate {
  /** `quietly`: without counting as use of the session (a page that is only open). */
  caller(request: IncomingMessage, quietly?: boolean): Promise<Caller>
  /** Throws ISM5105. */
  authorize(caller: Caller, attributes: Attributes): Promise<void>
  allowed(caller: Caller, attributes: Attributes): Promise<boolean>
  /** @returns the session's id, for its cookie */
  signIn(request: IncomingMessage, token: string): Promise<{ id: string; caller: Caller }>
  signInByLink(request: IncomingMessage, code: string): Promise<{ id: string; caller: Caller }>
  signOut(request: IncomingMessage): void
  createLink(caller: Caller): { code: string; expiresAt: number }
}

export const cookieName = 'isthmus-session'
export const csrfHeader = 'x-isthmus-csrf'

/** Tokens and RBAC of the mesh API. */
export function meshGate(reviews: Reviews, clock: Clock): Gate {
  const sessions = new Sessions(clock)
  const links = new SignInLinks(clock)
  const attempts = new Attempts(clock)

  const signIn = async (request: IncomingMessage, token: string | undefined, known = false) => {
    const address = request.socket.remoteAddress ?? 'unix'
    sameSite(request)
    const wait = attempts.waitFor(address)
    // A link's code and a token that was good a moment ago are no guesses: nobody can lock their owners out.
    if (wait > 0 && (token === undefined || !(known || reviews.knows(token)))) throw tooMany(wait)
    const user = token === undefined ? undefined : await reviews.userOf(token, true)
    if (!user || token === undefined) {
      attempts.failed(address)
      if (token === undefined) throw new ApiError(401, 'ISM5110', 'the link is not good')
      throw new ApiError(401, 'ISM5104', 'the mesh API does not know this token')
    }
    const before = cookieOf(request)
    if (before !== undefined) sessions.end(before)
    const { id, session } = sessions.start(user, token)
    return { id, caller: { ...user, token, session } }
  }

  const allowed = (caller: Caller, attributes: Attributes) =>
    reviews.allowed({ user: caller.user, groups: caller.groups }, attributes)

  return {
    async caller(request, quietly = false) {
      const bearer = bearerOf(request)
      if (bearer !== undefined) {
        const address = request.socket.remoteAddress ?? 'unix'
        // Who waits is not asked about, and does not add to what keeps others waiting.
        const wait = attempts.waitFor(address)
        if (wait > 0 && !reviews.knows(bearer)) throw tooMany(wait)
        const user = await reviews.userOf(bearer)
        if (user) return { ...user, token: bearer }
        attempts.failed(address)
        throw new ApiError(401, 'ISM5104', 'the mesh API does not know this token')
      }
      const id = cookieOf(request)
      if (id === undefined)
        throw new ApiError(401, 'ISM5103', 'no session and no bearer token: send one of the mesh API')
      const found = sessions.find(id, !quietly)
      if (!found) throw new ApiError(401, 'ISM5103', 'the session has ended')
      let { session } = found
      if (found.due) {
        const user = await reviews.userOf(session.token, true)
        const again = user && sessions.reviewed(id, user)
        if (!again) {
          sessions.end(id)
          throw new ApiError(401, 'ISM5103', 'the session has ended: the mesh API no longer knows its token')
        }
        session = again
      }
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        sameSite(request)
        if (!same(String(request.headers[csrfHeader] ?? ''), session.csrfToken))
          throw new ApiError(403, 'ISM5106', `header ${csrfHeader} is not the session's csrfToken`)
      }
      const { user, groups, token } = session
      return { user, groups, token, session }
    },
    allowed,
    async authorize(caller, attributes) {
      if (await allowed(caller, attributes)) return
      throw new ApiError(403, 'ISM5105', `${caller.user} may not ${attributesText(attributes)}`)
    },
    signIn: (request, token) => signIn(request, token),
    async signInByLink(request, code) {
      // Before the code is spent: a page elsewhere must not use it up.
      sameSite(request)
      return signIn(request, links.take(code), true)
    },
    signOut(request) {
      const id = cookieOf(request)
      if (id !== undefined) sessions.end(id)
    },
    createLink(caller) {
      if (caller.token === undefined) throw new ApiError(422, 'ISM5115', 'sign-in links')
      return links.create(caller.token)
    },
  }
}

/**
 * For a control plane fed from a directory, which listens on loopback only: whoever reaches it may read, and there is nothing
 * to write. The Host must be a loopback name too, so that no page can reach it under a name of its own.
 */
export function loopbackGate(csrfToken: string): Gate {
  const none = () => {
    throw new ApiError(422, 'ISM5115', 'there is nobody to sign in')
  }
  return {
    async caller(request) {
      const from = request.socket.remoteAddress ?? ''
      if (!['', '127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(from))
        throw new ApiError(403, 'ISM5105', `this API answers only on loopback, not to ${from}`)
      const { host } = request.headers
      if (!isLoopbackName(host))
        throw new ApiError(403, 'ISM5106', `this API answers only under a loopback name, not as ${host ?? ''}`)
      if (request.method !== 'GET') sameSite(request)
      return { user: 'loopback', groups: [], session: { csrfToken, expiresAt: 8_640_000_000_000_000 } }
    },
    allowed: async (_caller, attributes) => 'path' in attributes,
    async authorize(_caller, attributes) {
      if (!('path' in attributes)) throw new ApiError(422, 'ISM5115', attributesText(attributes))
    },
    signIn: none,
    signInByLink: none,
    signOut: none,
    createLink: none,
  }
}

function tooMany(wait: number): ApiError {
  return new ApiError(429, 'ISM5107', `try again in ${wait} s`, { headers: { 'retry-after': String(wait) } })
}

/** A browser says where a request comes from; what comes from elsewhere is not from our page. */
function sameSite(request: IncomingMessage): void {
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new ApiError(403, 'ISM5106', `the request comes from another site (${String(site)})`)
  if (origin !== undefined && hostOf(origin) !== host)
    throw new ApiError(403, 'ISM5106', `the request comes from ${origin}`)
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host
  } catch {
    return undefined
  }
}

function bearerOf(request: IncomingMessage): string | undefined {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
}

/** Over TLS only the one that no other name of the host can set: else somebody could have a person work in their session. */
function cookieOf(request: IncomingMessage): string | undefined {
  const wanted = 'encrypted' in request.socket ? `__Host-${cookieName}` : cookieName
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2)
    if (name === wanted && value) return value
  }
  return undefined
}

function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}
