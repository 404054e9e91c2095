import type { Protocol } from '../model/index.ts'

const byName: Readonly<Record<string, Protocol>> = {
  http: 'HTTP',
  http2: 'HTTP2',
  grpc: 'GRPC',
  'grpc-web': 'GRPC-Web',
  https: 'HTTPS',
  tls: 'TLS',
  tcp: 'TCP',
  udp: 'UDP',
  mongo: 'Mongo',
  mysql: 'MySQL',
  redis: 'Redis',
  // Kubernetes' own standard names.
  'kubernetes.io/h2c': 'HTTP2',
  'kubernetes.io/ws': 'HTTP',
  'kubernetes.io/wss': 'HTTPS',
}

/**
 * A Kubernetes port's protocol: appProtocol, else the prefix of its name before the first dash (`http-web`), else TCP
 * (istio.io, Protocol Selection; nothing is sniffed).
 */
export function portProtocol(port: { name?: string; protocol?: string; appProtocol?: string }): Protocol {
  if (port.protocol === 'UDP') return 'UDP'
  const told = port.appProtocol && byName[port.appProtocol.toLowerCase()]
  if (told) return told
  const name = (port.name ?? '').toLowerCase()
  if (name === 'grpc-web' || name.startsWith('grpc-web-')) return 'GRPC-Web'
  const prefix = name.split('-')[0] ?? ''
  return byName[prefix] ?? 'TCP'
}

/** The protocol of a ServiceEntry's port, written out (`HTTP`, `grpc-web`); undefined where it is none. */
export function namedProtocol(name: string): Protocol | undefined {
  return name.includes('/') ? undefined : byName[name.toLowerCase()]
}
