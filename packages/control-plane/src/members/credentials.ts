import { type ClusterAccess, type KubeClient, kubeconfigOf } from '@isthmus/kubernetes'
import { stringify } from 'yaml'
import { accountName } from './manifests.ts'
import { meshNamespace } from './resource.ts'

const day = 24 * 60 * 60 * 1000
/** Thirty days: a cluster that is away for longer has to be added again. */
const tokenLifetime = 30 * day
/** User name in a kubeconfig of the mesh's own account: tells it from one that somebody gave. */
const accountUser = 'isthmus'

export interface MemberCredentials {
  readonly access: ClusterAccess
  /** True where these are the mesh's own account, false for what `cluster add` was given. */
  readonly own: boolean
  /** Milliseconds since the epoch; own credentials only. */
  readonly expires?: number
}

/**
 * What a member's kubeconfig says. `server` replaces the server it names. Throws where it cannot be used, also where it names a
 * file: whoever writes MemberClusters and Secrets must not have the control plane's own files sent to a server they choose.
 */
export function readCredentials(value: unknown, server?: string): MemberCredentials {
  const config = kubeconfigOf(value)
  const access = config.access()
  checkServer(server || access.server)
  const own = Boolean(access.token) && config.extension('isthmus.dev/account') === accountUser
  return {
    access: server ? { ...access, server: server.replace(/\/+$/, '') } : access,
    own,
    ...(own ? { expires: expiry(access.token!) } : {}),
  }
}

/** Credentials of clusters are never sent in plain text, nor to a place that only looks like the one it names. Throws an Error. */
export function checkServer(server: string): void {
  const url = URL.canParse(server) ? new URL(server) : undefined
  if (url?.protocol !== 'https:' || url.username || url.password || url.search || url.hash)
    throw new Error('the server must be an https:// address')
}

/** A kubeconfig with one context. */
export function kubeconfigText(access: ClusterAccess, account?: 'own'): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'member',
    contexts: [{ name: 'member', context: { cluster: 'member', user: 'member' } }],
    clusters: [
      {
        name: 'member',
        cluster: {
          server: access.server,
          ...(access.ca ? { 'certificate-authority-data': base64(access.ca) } : {}),
          ...(access.tlsServerName ? { 'tls-server-name': access.tlsServerName } : {}),
          ...(access.insecureSkipTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
          ...(account ? { extensions: [{ name: 'isthmus.dev/account', extension: accountUser }] } : {}),
        },
      },
    ],
    users: [
      {
        name: 'member',
        user: {
          ...(access.cert ? { 'client-certificate-data': base64(access.cert) } : {}),
          ...(access.key ? { 'client-key-data': base64(access.key) } : {}),
          ...(access.token ? { token: access.token } : {}),
          ...(access.username ? { username: access.username, password: access.password } : {}),
        },
      },
    ],
  })
}

/** A token of the mesh's own account in a member cluster, and the access that uses it. Throws KubeError. */
export async function ownAccess(client: KubeClient): Promise<ClusterAccess> {
  const answer = await client.json<{ status: { token: string } }>({
    method: 'POST',
    path: `/api/v1/namespaces/${meshNamespace}/serviceaccounts/${accountName}/token`,
    body: JSON.stringify({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: tokenLifetime / 1000 },
    }),
  })
  const { server, ca, tlsServerName, insecureSkipTlsVerify } = client.access
  return { server, ca, tlsServerName, insecureSkipTlsVerify, token: answer.status.token }
}

/** Whether a token should be replaced: at a third of its life. `now` in milliseconds since the epoch. */
export function renewalDue(expires: number | undefined, now: number): boolean {
  return expires !== undefined && expires - now < (tokenLifetime * 2) / 3
}

/** When a token ends, in milliseconds; unproven, only for renewal. 0: cannot be read. */
function expiry(token: string): number {
  try {
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return typeof payload.exp === 'number' ? payload.exp * 1000 : 0
  } catch {
    return 0
  }
}
