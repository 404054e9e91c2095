import type { IncomingMessage } from 'node:http'

/** Whether the sender of a request may make it. `who` is for the log and for events. */
export type Access =
  | { readonly allowed: true; readonly who: string }
  | { readonly allowed: false; readonly status: 401 | 403; readonly why: string }

export interface Authorizer {
  authorize(request: IncomingMessage, path: string): Promise<Access>
}

/** For a control plane fed from a directory, which listens on loopback only: whoever reaches it may read. */
export const loopbackOnly: Authorizer = {
  async authorize(request) {
    const from = request.socket.remoteAddress ?? ''
    if (from === '127.0.0.1' || from === '::1' || from === '::ffff:127.0.0.1') return { allowed: true, who: 'loopback' }
    return { allowed: false, status: 403, why: `this API answers only on loopback, not to ${from}` }
  },
}

/** What `tokenAuthorizer` asks of the mesh API: TokenReview and SubjectAccessReview, nothing else. */
export interface Reviewer {
  create(object: { apiVersion: string; kind: string; spec: object }): Promise<{ status?: Record<string, unknown> }>
}

/**
 * A bearer token of the mesh API: TokenReview says who it is, SubjectAccessReview whether RBAC lets them `get` this path
 * (nonResourceURLs), so that the cluster's own rules decide.
 */
export function tokenAuthorizer(reviewer: Reviewer): Authorizer {
  return {
    async authorize(request, path) {
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
      if (!token)
        return {
          allowed: false,
          status: 401,
          why: 'no bearer token: send one of the mesh API (isthmus does it for you)',
        }
      const review = await reviewer.create({
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token },
      })
      const status = review.status as
        | { authenticated?: boolean; user?: { username: string; groups?: string[] } }
        | undefined
      if (!status?.authenticated || !status.user)
        return { allowed: false, status: 401, why: 'the mesh API does not know this token' }
      const { username, groups } = status.user
      const access = await reviewer.create({
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: username, groups, nonResourceAttributes: { path, verb: 'get' } },
      })
      if ((access.status as { allowed?: boolean } | undefined)?.allowed) return { allowed: true, who: username }
      return {
        allowed: false,
        status: 403,
        why: `${username} may not get ${path}: RBAC has no rule for this nonResourceURL`,
      }
    },
  }
}
