import { proxyPaths } from './options.ts'

export const rootCertificateFile = 'root-cert.pem'
export const tokenSecretFile = 'token-secret.json'

/**
 * The content of ConfigMap `istio-ca-root-cert`: the mesh's root certificate, and a file secret that tells Envoy to watch
 * the token. Envoy takes a secret that may change only from a discovery response, and without an agent in the pod that
 * has to be a file; kept in the ConfigMap it is mounted before the proxy starts, which matters: Envoy gives up on a secret
 * whose folder is missing at start.
 */
export function trustFiles(
  rootCertificate: string,
  paths: { readonly tokens: string; readonly token: string } = proxyPaths,
): Readonly<Record<string, string>> {
  const secret = {
    '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
    name: 'xds-token',
    generic_secret: {
      secret: { filename: `${paths.tokens}/${paths.token}`, watched_directory: { path: paths.tokens } },
    },
  }
  return {
    [rootCertificateFile]: rootCertificate,
    [tokenSecretFile]: `${JSON.stringify({ resources: [secret] }, null, 2)}\n`,
  }
}
