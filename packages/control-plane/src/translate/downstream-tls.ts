import { TlsParameters_TlsProtocol as Version } from '@isthmus/envoy-api/envoy/extensions/transport_sockets/tls/v3/common'
import { DownstreamTlsContextSchema } from '@isthmus/envoy-api/envoy/extensions/transport_sockets/tls/v3/tls'
import type { GatewayServer, Mesh } from '../model/index.ts'
import { ads } from './config-source.ts'
import { credentialCaSecret, credentialSecret } from './names.ts'
import { filter } from './pack.ts'
import { bareName, credentialOf, credentialSecrets } from './secret.ts'

const versions: Readonly<Record<string, Version>> = {
  TLS_AUTO: Version.TLS_AUTO,
  TLSV1_0: Version.TLSv1_0,
  TLSV1_1: Version.TLSv1_1,
  TLSV1_2: Version.TLSv1_2,
  TLSV1_3: Version.TLSv1_3,
}

/**
 * TLS that a gateway ends for a server, with the secrets it needs. Undefined where the credential is not there: a listener
 * that waits for a secret would keep everything else on its port waiting.
 */
export function downstreamTls(mesh: Mesh, namespace: string, tls: GatewayServer['tls'], http: boolean) {
  const credentialName = tls?.credentialName
  const credential = credentialName ? credentialOf(mesh, namespace, credentialName) : undefined
  if (!tls || !credentialName || !credential) return undefined
  const asks = tls.mode === 'MUTUAL' || tls.mode === 'OPTIONAL_MUTUAL'
  if (asks && !credential.caCertificate) return undefined
  const name = bareName(credentialName)
  const transportSocket = filter('envoy.transport_sockets.tls', DownstreamTlsContextSchema, {
    requireClientCertificate: tls.mode === 'MUTUAL',
    commonTlsContext: {
      tlsCertificateSdsSecretConfigs: [{ name: credentialSecret(name), sdsConfig: ads() }],
      validationContextType: asks
        ? { case: 'validationContextSdsSecretConfig', value: { name: credentialCaSecret(name), sdsConfig: ads() } }
        : undefined,
      alpnProtocols: http ? ['h2', 'http/1.1'] : [],
      tlsParams: {
        tlsMinimumProtocolVersion: versions[tls.minProtocolVersion ?? ''] || Version.TLSv1_2,
        tlsMaximumProtocolVersion: versions[tls.maxProtocolVersion ?? ''] ?? Version.TLS_AUTO,
        cipherSuites: [...(tls.cipherSuites ?? [])],
      },
    },
  })
  return { transportSocket, secrets: credentialSecrets(credentialName, credential) }
}
