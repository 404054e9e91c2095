import type { TransportSocketSchema } from '@isthmus/envoy-api/envoy/config/core/v3/base'
import { SubjectAltNameMatcher_SanType } from '@isthmus/envoy-api/envoy/extensions/transport_sockets/tls/v3/common'
import {
  type CommonTlsContextSchema,
  UpstreamTlsContextSchema,
} from '@isthmus/envoy-api/envoy/extensions/transport_sockets/tls/v3/tls'
import type { ClientTls, Mesh, Protocol } from '../model/index.ts'
import { ads } from './config-source.ts'
import { credentialCaSecret, credentialSecret } from './names.ts'
import { filter } from './pack.ts'
import { isHttp } from './protocol.ts'
import {
  bareName,
  credentialOf,
  credentialSecrets,
  fileCertificate,
  fileCertificateSecret,
  fileRoot,
  fileRootSecret,
} from './secret.ts'
import type { Init, TranslatedResource } from './translated.ts'

export interface UpstreamTls {
  readonly transportSocket?: Init<typeof TransportSocketSchema>
  readonly secrets: readonly TranslatedResource[]
  /** SNI and the name to check come from each request's host. */
  readonly autoSni: boolean
}

const none: UpstreamTls = { secrets: [], autoSni: false }

/** TLS that the proxy itself begins towards a destination. ISTIO_MUTUAL has its own condition: the mesh has no identities yet. */
export function upstreamTls(
  tls: ClientTls | undefined,
  protocol: Protocol,
  mesh: Mesh,
  namespace: string,
): UpstreamTls {
  if (!tls || tls.mode === 'DISABLE' || tls.mode === 'ISTIO_MUTUAL') return none
  const { names, secrets } = secretsOf(tls, mesh, namespace)
  const autoSni = !tls.sni && isHttp(protocol)
  const context: Init<typeof CommonTlsContextSchema> = {
    tlsCertificateSdsSecretConfigs: names.certificate ? [sds(names.certificate)] : [],
    validationContextType: validation(tls, names.root),
    alpnProtocols: isHttp(protocol) ? ['h2', 'http/1.1'] : [],
  }
  return {
    transportSocket: filter('envoy.transport_sockets.tls', UpstreamTlsContextSchema, {
      commonTlsContext: context,
      sni: tls.sni ?? '',
    }),
    secrets,
    autoSni: autoSni && !tls.insecureSkipVerify,
  }
}

interface SecretNames {
  readonly certificate?: string
  readonly root?: string
}

function secretsOf(
  tls: ClientTls,
  mesh: Mesh,
  namespace: string,
): { names: SecretNames; secrets: readonly TranslatedResource[] } {
  if (tls.credentialName) {
    const credential = credentialOf(mesh, namespace, tls.credentialName)
    const name = bareName(tls.credentialName)
    return {
      names: {
        certificate: tls.mode === 'MUTUAL' ? credentialSecret(name) : undefined,
        root: tls.insecureSkipVerify ? undefined : credentialCaSecret(name),
      },
      secrets: credential ? credentialSecrets(tls.credentialName, credential) : [],
    }
  }
  const secrets: TranslatedResource[] = []
  let certificate: string | undefined
  if (tls.mode === 'MUTUAL' && tls.clientCertificate && tls.privateKey) {
    certificate = fileCertificate(tls.clientCertificate, tls.privateKey)
    secrets.push(fileCertificateSecret(tls.clientCertificate, tls.privateKey))
  }
  if (tls.insecureSkipVerify) return { names: { certificate }, secrets }
  const root = tls.caCertificates ?? 'system'
  secrets.push(fileRootSecret(root))
  return { names: { certificate, root: fileRoot(root) }, secrets }
}

function validation(
  tls: ClientTls,
  root: string | undefined,
): Init<typeof CommonTlsContextSchema>['validationContextType'] {
  if (!root) return undefined
  return {
    case: 'combinedValidationContext',
    value: {
      defaultValidationContext: {
        matchTypedSubjectAltNames: tls.subjectAltNames.map(name => ({
          sanType: SubjectAltNameMatcher_SanType.DNS,
          matcher: { matchPattern: { case: 'exact' as const, value: name } },
        })),
      },
      validationContextSdsSecretConfig: sds(root),
    },
  }
}

function sds(name: string) {
  return { name, sdsConfig: ads() }
}
