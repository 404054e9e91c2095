import { proxyPaths } from './options.ts'

export const rootCertificateFile = 'root-cert.pem'
export const rootSecretFile = 'root-secret.json'
export const tokenSecretFile = 'token-secret.json'

/**
 * The content of ConfigMap `istio-ca-root-cert`: the mesh's root certificate, and two file secrets that tell Envoy to
 * watch it and the token. Envoy takes a secret that may change only from a discovery response, and without an agent in the
 * pod that has to be a file; kept in the ConfigMap it is mounted before the proxy starts, which matters: Envoy gives up
 * on a secret whose folder is missing at start.
 */
export function trustFiles(
  rootCertificate: string,
  paths: { readonly trust: string; readonly tokens: string; readonly token: string } = proxyPaths,
): Readonly<Record<string, string>> {
  const type = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret'
  const secret = (resource: object) => `${JSON.stringify({ resources: [{ '@type': type, ...resource }] }, null, 2)}\n`
  return {
    [rootCertificateFile]: rootCertificate,
    [rootSecretFile]: secret({
      name: 'xds-root',
      validation_context: {
        trusted_ca: { filename: `${paths.trust}/${rootCertificateFile}` },
        watched_directory: { path: paths.trust },
      },
    }),
    [tokenSecretFile]: secret({
      name: 'xds-token',
      generic_secret: {
        secret: { filename: `${paths.tokens}/${paths.token}`, watched_directory: { path: paths.tokens } },
      },
    }),
  }
}
