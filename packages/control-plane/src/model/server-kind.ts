import type { GatewayServer } from './traffic.ts'

/** What a gateway's server is to who connects: by its protocol, and by what it does with TLS. */
export type ServerKind = 'http' | 'https' | 'tcp' | 'tls' | 'passthrough'

/** What a server is; undefined for modes this mesh does not serve. */
export function serverKind(server: GatewayServer): ServerKind | undefined {
  const mode = server.tls?.mode
  switch (server.port.protocol.toUpperCase()) {
    case 'HTTP':
    case 'HTTP2':
    case 'GRPC':
    case 'GRPC-WEB':
      return 'http'
    case 'HTTPS':
      if (mode === 'PASSTHROUGH') return 'passthrough'
      return mode === 'SIMPLE' || mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL' ? 'https' : undefined
    case 'TLS':
      if (mode === 'PASSTHROUGH') return 'passthrough'
      return mode === 'SIMPLE' || mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL' ? 'tls' : undefined
    case 'TCP':
    case 'MONGO':
    case 'MYSQL':
    case 'REDIS':
      return 'tcp'
    default:
      return undefined
  }
}

/** Kinds that can share a port: SNI tells all kinds of TLS apart, nothing tells plaintext ones apart. */
export function serverFamily(kind: ServerKind): 'http' | 'tcp' | 'tls' {
  return kind === 'http' || kind === 'tcp' ? kind : 'tls'
}
