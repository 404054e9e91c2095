import type { Service } from '../model/index.ts'

/** Names of resources, exactly as Istio spells them: dashboards, scripts and habits carry over. */

export const passthroughCluster = 'PassthroughCluster'
export const blackHoleCluster = 'BlackHoleCluster'
export const inboundPassthroughCluster = 'InboundPassthroughCluster'
export const virtualOutbound = 'virtualOutbound'
export const virtualInbound = 'virtualInbound'

export const ports = { outbound: 15001, inbound: 15006 } as const

/** `outbound|9080|v1|reviews.default.svc.cluster.local` */
export function outboundCluster(hostname: string, port: number, subset = ''): string {
  return `outbound|${port}|${subset}|${hostname}`
}

/** `inbound|9080||`: by the port the application listens on. */
export function inboundCluster(targetPort: number): string {
  return `inbound|${targetPort}||`
}

export interface ClusterName {
  readonly hostname: string
  readonly port: number
  readonly subset: string
}

/** The parts of an outbound cluster's name; undefined where it is none. */
export function parseOutboundCluster(name: string): ClusterName | undefined {
  const [direction, port, subset, hostname, more] = name.split('|')
  if (direction !== 'outbound' || !hostname || more !== undefined || subset === undefined) return undefined
  const number = Number(port)
  return Number.isInteger(number) ? { hostname, port: number, subset } : undefined
}

/** `0.0.0.0_9080`, `172.16.3.4_3306` */
export function listenerName(address: string, port: number): string {
  return `${address}_${port}`
}

/** Route configuration of a gateway's plaintext port: all Gateways' servers on it together. */
export function gatewayHttpRoute(port: number): string {
  return `http.${port}`
}

/** Route configuration of one HTTPS server of one Gateway. */
export function gatewayHttpsRoute(port: number, portName: string, gateway: string, namespace: string): string {
  return `https.${port}.${portName}.${gateway}.${namespace}`
}

/** `reviews.default.svc.cluster.local:9080` */
export function virtualHostName(hostname: string, port: number): string {
  return `${hostname}:${port}`
}

/** The virtual hosts for what nobody claims. */
export const allowAny = 'allow_any'
export const blockAll = 'block_all'

/** First part of a Kubernetes service's name: `reviews`. */
export function shortName(service: Service): string {
  return service.hostname.split('.')[0] ?? service.hostname
}

/** The secret a Gateway's credentialName stands for, as Istio names it: `kubernetes://bookinfo-cert`; the namespace is said so that two of a name do not meet. */
export function credentialSecret(name: string): string {
  return `kubernetes://${name}`
}

/** The certificate authorities of a `kubernetes://` secret, as Istio names them. */
export function credentialCaSecret(name: string): string {
  return `kubernetes://${name}-cacert`
}
