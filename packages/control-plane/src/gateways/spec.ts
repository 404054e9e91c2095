import type { KubeObject } from '@isthmus/kubernetes'
import type { Finding, Origin } from '../model/index.ts'

/**
 * `IstioGateway` (istio.alibabacloud.com/v1beta1), after the hosted product's own fields: a gateway that the control
 * plane runs in each member cluster.
 */
export interface IstioGateway extends KubeObject {
  spec?: Record<string, unknown>
  status?: { conditions?: unknown[]; addresses?: GatewayAddress[] }
}

export interface GatewayAddress {
  readonly cluster: string
  readonly region: string
  /** Address of the cluster's LoadBalancer service; '' while it has none. */
  readonly address: string
  readonly ports: readonly number[]
  readonly readyReplicas: number
}

export interface GatewayPort {
  readonly name: string
  readonly port: number
  readonly targetPort: number
  readonly protocol: string
  readonly nodePort?: number
}

/** What the deployments and services of a gateway follow from. */
export interface GatewaySpec {
  readonly name: string
  readonly namespace: string
  readonly origin: Origin
  readonly clusters: readonly string[] | undefined
  readonly ports: readonly GatewayPort[]
  readonly replicas: number
  readonly serviceType: string
  readonly externalTrafficPolicy?: string
  readonly dnsPolicy?: string
  readonly hostNetwork: boolean
  readonly resources: { readonly limits?: Record<string, string>; readonly requests?: Record<string, string> }
  readonly maxSurge?: string | number
  readonly maxUnavailable?: string | number
  readonly runAsRoot: boolean
  readonly podLabels: Readonly<Record<string, string>>
  readonly podAnnotations: Readonly<Record<string, string>>
  readonly serviceAnnotations: Readonly<Record<string, string>>
  readonly nodeSelector?: Readonly<Record<string, string>>
}

const honoured = new Set([
  ...[
    'gatewayType',
    'clusterIds',
    'ports',
    'replicaCount',
    'serviceType',
    'externalTrafficPolicy',
    'dnsPolicy',
    'hostNetwork',
  ],
  ...['resources', 'rollingMaxSurge', 'rollingMaxUnavailable', 'runAsRoot', 'podLabels', 'podAnnotations'],
  ...['serviceAnnotations', 'nodeSelector'],
])

export function originOf(object: IstioGateway): Origin {
  const { apiVersion, kind } = object
  const { name, namespace = 'istio-system', generation } = object.metadata
  return { cluster: '', apiVersion, kind, namespace, name, generation }
}

/** Reads an IstioGateway; a field that is not honoured here is named, never dropped in silence. Pure. */
export function gatewaySpec(object: IstioGateway): {
  readonly spec?: GatewaySpec
  readonly findings: readonly Finding[]
} {
  const origin = originOf(object)
  const { name, namespace } = origin
  const spec = (object.spec ?? {}) as Record<string, unknown>
  const findings: Finding[] = Object.keys(spec)
    .filter(field => !honoured.has(field))
    .map(field => ({
      code: 'ISM4101',
      severity: 'warning',
      origin,
      field: `spec.${field}`,
      message: 'this field is not honoured',
    }))
  const wrong = (field: string, message: string) =>
    findings.push({ code: 'ISM4102', severity: 'error', origin, field: `spec.${field}`, message })

  if (spec.gatewayType !== undefined && spec.gatewayType !== 'ingress')
    wrong('gatewayType', `${spec.gatewayType}: only ingress gateways are run`)
  const replicas = spec.replicaCount ?? 1
  if (!Number.isInteger(replicas) || (replicas as number) < 0)
    wrong('replicaCount', `${replicas} is not a whole number of at least 0`)
  const ports = (Array.isArray(spec.ports) ? spec.ports : []) as Record<string, unknown>[]
  if (ports.length === 0) wrong('ports', 'a gateway needs at least one port')
  for (const [i, port] of ports.entries())
    if (!isPort(port.port)) wrong(`ports[${i}].port`, `${port.port} is not a port`)
    else if (port.targetPort !== undefined && !isPort(port.targetPort))
      wrong(`ports[${i}].targetPort`, `${port.targetPort} is not a port number`)
  if (findings.some(finding => finding.severity === 'error')) return { findings }

  return {
    findings,
    spec: {
      name,
      namespace,
      origin,
      clusters: spec.clusterIds as string[] | undefined,
      ports: ports.map(port => ({
        name: String(port.name ?? `port-${port.port}`),
        port: port.port as number,
        targetPort: (port.targetPort ?? port.port) as number,
        protocol: String(port.protocol ?? 'TCP'),
        nodePort: port.nodePort as number | undefined,
      })),
      replicas: replicas as number,
      serviceType: String(spec.serviceType ?? 'LoadBalancer'),
      externalTrafficPolicy: spec.externalTrafficPolicy as string | undefined,
      dnsPolicy: spec.dnsPolicy as string | undefined,
      hostNetwork: spec.hostNetwork === true,
      resources: (spec.resources ?? {}) as GatewaySpec['resources'],
      maxSurge: spec.rollingMaxSurge as string | undefined,
      maxUnavailable: spec.rollingMaxUnavailable as string | undefined,
      runAsRoot: spec.runAsRoot === true,
      podLabels: (spec.podLabels ?? {}) as Record<string, string>,
      podAnnotations: (spec.podAnnotations ?? {}) as Record<string, string>,
      serviceAnnotations: (spec.serviceAnnotations ?? {}) as Record<string, string>,
      nodeSelector: spec.nodeSelector as Record<string, string> | undefined,
    },
  }
}

const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536
