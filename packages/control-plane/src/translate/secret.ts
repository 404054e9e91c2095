import { SecretSchema } from '@isthmus/envoy-api/envoy/extensions/transport_sockets/tls/v3/secret'
import type { Mesh, TlsCredential } from '../model/index.ts'
import { credentialCaSecret, credentialSecret } from './names.ts'
import { resource, type TranslatedResource } from './translated.ts'

/** Where Debian, Alpine and distroless images keep the system's certificate authorities. */
const systemRoots = '/etc/ssl/certs/ca-certificates.crt'

/** Istio's names of secrets that are files in the proxy's container. They go by SDS so that a missing file spoils one cluster, not all. */
export const fileRoot = (path: string) => `file-root:${path}`
export const fileCertificate = (certificate: string, key: string) => `file-cert:${certificate}~${key}`

/** Secret of the name `fileRoot`; 'system' is the image's own authorities. */
export function fileRootSecret(path: string): TranslatedResource {
  return resource(
    SecretSchema,
    fileRoot(path),
    {
      name: fileRoot(path),
      type: {
        case: 'validationContext',
        value: { trustedCa: filename(path === 'system' ? systemRoots : path) },
      },
    },
    [],
  )
}

export function fileCertificateSecret(certificate: string, key: string): TranslatedResource {
  const name = fileCertificate(certificate, key)
  return resource(
    SecretSchema,
    name,
    {
      name,
      type: {
        case: 'tlsCertificate',
        value: { certificateChain: filename(certificate), privateKey: filename(key) },
      },
    },
    [],
  )
}

/** The credential a proxy of a namespace means by a credentialName; Istio looks in the proxy's own namespace only. */
export function credentialOf(mesh: Mesh, namespace: string, credentialName: string): TlsCredential | undefined {
  return mesh.credentials.get(`${namespace}/${bareName(credentialName)}`)
}

/** A key pair, and its authorities where it has some, as the two secrets proxies ask for. */
export function credentialSecrets(credentialName: string, credential: TlsCredential): readonly TranslatedResource[] {
  const name = credentialSecret(bareName(credentialName))
  const ca = credentialCaSecret(bareName(credentialName))
  const pair = resource(
    SecretSchema,
    name,
    {
      name,
      type: {
        case: 'tlsCertificate',
        value: { certificateChain: inline(credential.certificate), privateKey: inline(credential.key) },
      },
    },
    [],
  )
  if (!credential.caCertificate) return [pair]
  const trust = resource(
    SecretSchema,
    ca,
    { name: ca, type: { case: 'validationContext', value: { trustedCa: inline(credential.caCertificate) } } },
    [],
  )
  return [pair, trust]
}

export function bareName(credentialName: string): string {
  return credentialName.replace(/^kubernetes:\/\//, '')
}

function filename(path: string) {
  return { specifier: { case: 'filename' as const, value: path } }
}

function inline(pem: string) {
  return { specifier: { case: 'inlineString' as const, value: pem } }
}
