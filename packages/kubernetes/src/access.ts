import { readFileSync } from 'node:fs'

/** All that is needed to speak to one API server: a kubeconfig context resolved, or a pod's own service account. */
export interface ClusterAccess {
  /** `https://host:port`, perhaps with a path. */
  readonly server: string
  /** PEM; undefined: the system's authorities. */
  readonly ca?: string
  /** Name the certificate is checked against, where it is not the server's host. */
  readonly tlsServerName?: string
  readonly insecureSkipTlsVerify?: boolean
  /** Client certificate and key, PEM. */
  readonly cert?: string
  readonly key?: string
  readonly token?: string
  /** Read again as it rotates; beats `token`. */
  readonly tokenFile?: string
  readonly username?: string
  readonly password?: string
  readonly impersonate?: { readonly user: string; readonly groups: readonly string[] }
  /** The context's default namespace. */
  readonly namespace?: string
}

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The access of the pod this runs in; undefined outside a cluster. */
export function inClusterAccess(env: NodeJS.ProcessEnv = process.env): ClusterAccess | undefined {
  const host = env.KUBERNETES_SERVICE_HOST
  const port = env.KUBERNETES_SERVICE_PORT
  if (!host || !port) return undefined
  try {
    return {
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      ca: readFileSync(`${serviceAccount}/ca.crt`, 'utf8'),
      tokenFile: `${serviceAccount}/token`,
      namespace: readFileSync(`${serviceAccount}/namespace`, 'utf8').trim(),
    }
  } catch {
    return undefined
  }
}
