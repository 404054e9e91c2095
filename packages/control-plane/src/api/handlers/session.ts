import type { Permission, Session } from '@isthmus/api'
import { type Attributes, attributesText } from '../auth/index.ts'
import type { Caller, Handlers } from '../call.ts'
import type { ApiParts } from '../parts.ts'
import { ApiError } from '../problem.ts'

const mesh = 'mesh.isthmus.dev'

function asked(rootNamespace: string): Readonly<Record<Permission['action'], readonly Attributes[]>> {
  return {
    read: [{ path: '/api/v1/overview', verb: 'get' }],
    editRegionalTraffic: [
      { verb: 'update', group: mesh, resource: 'regionaltrafficpolicies', namespace: rootNamespace },
    ],
    editRules: [{ verb: 'update', group: 'networking.istio.io', resource: 'virtualservices' }],
    addClusters: [
      { verb: 'create', group: mesh, resource: 'memberclusters' },
      { verb: 'create', group: '', resource: 'secrets', namespace: rootNamespace },
    ],
    scaleWorkloads: [{ verb: 'update', group: mesh, resource: 'memberclusters', subresource: 'scale' }],
    setInjection: [{ verb: 'update', group: mesh, resource: 'memberclusters', subresource: 'injection' }],
    readLogs: [{ verb: 'get', group: mesh, resource: 'memberclusters', subresource: 'log' }],
  }
}

export function sessionHandlers(parts: ApiParts): Pick<Handlers, 'getSession' | 'createSignInLink'> {
  return {
    async getSession({ caller }) {
      const { name, version, source, lab } = parts.about
      const { rootNamespace } = parts.mesh().config
      return {
        user: caller.user,
        groups: [...caller.groups],
        permissions: await permissions(parts, caller, rootNamespace),
        csrfToken: caller.session?.csrfToken ?? '',
        expiresAt: caller.session?.expiresAt ?? parts.clock.now(),
        mesh: { name, version, source, rootNamespace, lab },
      }
    },
    createSignInLink({ caller }) {
      // A session must not make sessions that outlive it.
      if (caller.session && parts.about.source === 'mesh')
        throw new ApiError(403, 'ISM5105', 'a sign-in link is made with a bearer token')
      const { code, expiresAt } = parts.gate.createLink(caller)
      // After #: no server's log and no referrer ever holds it.
      return { path: `/sign-in#${code}`, expiresAt }
    },
  }
}

async function permissions(parts: ApiParts, caller: Caller, rootNamespace: string): Promise<Session['permissions']> {
  return Promise.all(
    Object.entries(asked(rootNamespace)).map(async ([action, attributes]) => {
      const answers = await Promise.all(attributes.map(a => parts.gate.allowed(caller, a)))
      const lacking = attributes.find((_, i) => !answers[i])
      return {
        action: action as Permission['action'],
        allowed: lacking === undefined,
        ...(lacking && { why: why(parts, lacking) }),
      }
    }),
  )
}

function why(parts: ApiParts, lacking: Attributes): string {
  if (parts.about.source === 'directory') return 'the configuration comes from files: edit them'
  return `RBAC of the mesh API does not allow ${attributesText(lacking)}`
}
