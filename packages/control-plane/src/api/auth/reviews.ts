import { createHash } from 'node:crypto'
import { isKubeError, type KubeClient } from '@isthmus/kubernetes'
import type { Clock } from '../../runtime/index.ts'
import { Expiring } from './expiring.ts'

export interface User {
  readonly user: string
  readonly groups: readonly string[]
}

/** What is asked of RBAC: a path of this API, or a resource of the mesh API (also virtual ones such as memberclusters/scale). */
export type Attributes =
  | { readonly path: string; readonly verb: string }
  | {
      readonly verb: string
      readonly group: string
      readonly resource: string
      readonly subresource?: string
      readonly namespace?: string
      readonly name?: string
    }

/** Who a token belongs to, and what they may do. */
export interface Reviews {
  /** Undefined: the token is not good. `fresh` asks again though it was asked a moment ago. Throws KubeError. */
  userOf(token: string, fresh?: boolean): Promise<User | undefined>
  /** Whether the token was good not long ago: nobody who guesses has it. */
  knows(token: string): boolean
  allowed(user: User, attributes: Attributes): Promise<boolean>
}

/** Milliseconds for which an answer counts; and for which it still does while the mesh API gives none. */
const userMs = 10_000
const decisionMs = 5_000
const staleMs = 10 * 60_000

interface Answer {
  readonly status?: {
    readonly authenticated?: boolean
    readonly user?: { readonly username?: string; readonly groups?: string[] }
    readonly allowed?: boolean
  }
}

/**
 * TokenReview and SubjectAccessReview of the mesh API, so that the cluster's own rules decide. While that API gives no
 * answer, what it said in the last ten minutes counts: the person on call must be able to look when it is down.
 */
export function kubeReviews(mesh: KubeClient, clock: Clock): Reviews {
  const users = new Expiring<User>(clock, staleMs)
  const decisions = new Expiring<boolean>(clock, staleMs)
  const post = (group: string, kind: string, spec: object) =>
    mesh.json<Answer>({
      method: 'POST',
      path: `/apis/${group}/v1/${kind.toLowerCase()}s`,
      body: JSON.stringify({ apiVersion: `${group}/v1`, kind, spec }),
    })
  return {
    async userOf(token, fresh = false) {
      const key = digest(token)
      if (!fresh) {
        const known = users.get(key, userMs)
        if (known) return known
      }
      return orLast(users, key, async () => {
        const { status } = await post('authentication.k8s.io', 'TokenReview', { token })
        if (!status?.authenticated || !status.user?.username) return undefined
        return { user: status.user.username, groups: status.user.groups ?? [] }
      })
    },
    knows: token => users.get(digest(token), staleMs) !== undefined,
    async allowed({ user, groups }, attributes) {
      const key = JSON.stringify([user, groups, attributes])
      const known = decisions.get(key, decisionMs)
      if (known !== undefined) return known
      const what =
        'path' in attributes
          ? { nonResourceAttributes: { ...attributes, path: pathInRules(attributes.path) } }
          : { resourceAttributes: attributes }
      const said = await orLast(decisions, key, async () => {
        const { status } = await post('authorization.k8s.io', 'SubjectAccessReview', { user, groups, ...what })
        return status?.allowed === true
      })
      return said === true
    },
  }
}

/**
 * As rules name a path of ours. Every Kubernetes API lets whoever is signed in get `/api/*` (ClusterRole system:discovery), so
 * under its own name each path would be everybody's.
 */
function pathInRules(path: string): string {
  return path.startsWith('/api/') ? `/isthmus${path}` : path
}

/** A right in words, as a rule would name it. */
export function attributesText(a: Attributes): string {
  if ('path' in a) return `${a.verb} ${pathInRules(a.path)} (a nonResourceURL)`
  const resource = `${a.resource}.${a.group}${a.subresource ? `/${a.subresource}` : ''}`
  return `${a.verb} ${resource}${a.name ? ` ${a.name}` : ''}${a.namespace ? ` in ${a.namespace}` : ''}`
}

async function orLast<T>(table: Expiring<T>, key: string, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    const said = await ask()
    if (said === undefined) table.delete(key)
    else table.set(key, said)
    return said
  } catch (error) {
    const last = isKubeError(error) && (error.network || error.kind === 'server') ? table.get(key, staleMs) : undefined
    if (last === undefined) throw error
    return last
  }
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
