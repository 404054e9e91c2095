import { stringify } from 'yaml'
import type { KeyPair } from './pki.ts'

/** What a kubeconfig with one cluster, one user and one context of the same name needs. */
export interface KubeconfigParts {
  readonly name: string
  /** URL, as its reader reaches the API server. */
  readonly server: string
  readonly caPem: string
  readonly client: KeyPair
}

/** A kubeconfig (YAML) with everything in it, so that it can be copied anywhere. */
export function kubeconfig({ name, server, caPem, client }: KubeconfigParts): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(caPem) } }],
    users: [
      {
        name,
        user: {
          'client-certificate-data': base64(client.certPem),
          'client-key-data': base64(client.keyPem),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  })
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
