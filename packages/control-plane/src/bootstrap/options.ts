import type { Redirect } from '../model/index.ts'

/** User id or packet mark of the proxy, the same number Istio uses. */
export const proxyId = 1337

/** Ports of every proxy, as Istio numbers them. */
export const proxyPorts = {
  admin: 15000,
  outbound: 15001,
  inbound: 15006,
  tunnel: 15008,
  agent: 15020,
  health: 15021,
  metrics: 15090,
} as const

/** Where a proxy finds what it needs in its container. All three are there before the proxy starts: the kubelet mounts them. */
export const proxyPaths = {
  /** Folder of ConfigMap `istio-ca-root-cert`. */
  trust: '/var/run/secrets/istio',
  /** Folder of the projected service account token. */
  tokens: '/var/run/secrets/tokens',
  token: 'istio-token',
} as const

/** The DNS name in the control plane's certificate that proxies check, whatever address they reach it by. */
export const controlPlaneName = 'istiod.istio-system.svc'

/** Everything a bootstrap depends on. Values may be `$(NAME)` references, which the kubelet fills in from the container's environment. */
export interface BootstrapOptions {
  readonly kind: 'sidecar' | 'router'
  readonly cluster: string
  readonly namespace: string
  /** Pod name, usually `$(POD_NAME)`: a Deployment's pods have no name yet when they are admitted. */
  readonly pod: string
  /** Pod IP, usually `$(INSTANCE_IP)`. */
  readonly ip: string
  readonly labels: Readonly<Record<string, string>>
  readonly workload: string
  readonly serviceAccount: string
  readonly network: string
  readonly domain: string
  /** How the proxy's own traffic escapes redirection; gateways have none. 'mark' needs CAP_NET_ADMIN, 'uid' no capability at all. */
  readonly redirect: Redirect
  /** `HOST:PORT` of the control plane; HOST an IP address or a DNS name that the pod can reach. */
  readonly xdsAddress: string
  /** False only for a control plane that serves without TLS on loopback. */
  readonly tls: boolean
  /** Container ports with a tcpSocket probe: see `probes.ts`. */
  readonly tcpProbes: readonly number[]
  readonly trustPath?: string
}
