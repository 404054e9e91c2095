import type { Protocol } from '../model/index.ts'

/** Spoken as HTTP/1 or HTTP/2 in plaintext: routed by route configurations. */
export function isHttp(protocol: Protocol): boolean {
  return protocol === 'HTTP' || isHttp2(protocol)
}

/** gRPC-Web's upstream is HTTP/2 in Istio too. */
export function isHttp2(protocol: Protocol): boolean {
  return protocol === 'HTTP2' || protocol === 'GRPC' || protocol === 'GRPC-Web'
}

/** Told apart by SNI only. */
export function isTls(protocol: Protocol): boolean {
  return protocol === 'TLS' || protocol === 'HTTPS'
}

/** Not captured by redirection, so nothing is made for it. */
export function isUdp(protocol: Protocol): boolean {
  return protocol === 'UDP'
}
