import type { Condition, KubeObject } from '@isthmus/kubernetes'

/** `RegionalTrafficPolicy` as the mesh API holds it. */
export interface PolicyObject extends KubeObject {
  spec: PolicySpec
  status?: { conditions?: Condition[] }
}

export interface PolicySpec {
  services?: string[]
  failover?: { enabled?: boolean; rules?: FailoverRule[] }
  distribution?: { enabled?: boolean; at?: string; rules?: DistributionRule[] }
  unansweredAfter?: string
  outlierDetection?: object
}

export interface FailoverRule {
  from: string
  to: string[]
  only?: boolean
  thresholdPercent?: number
}

export interface DistributionRule {
  from: string
  to: Record<string, number>
}

/** Which object a command edits. */
export interface PolicyTarget {
  readonly name: string
  readonly namespace: string
  /** Fully qualified; undefined: the whole mesh. */
  readonly service?: string
}

/** `mesh-wide` in the root namespace, or the object named as the service, in the service's namespace. */
export function policyTarget(options: { service?: string; namespace: string; rootNamespace: string }): PolicyTarget {
  if (!options.service) return { name: 'mesh-wide', namespace: options.rootNamespace }
  const service = qualified(options.service, options.namespace)
  const [name = '', namespace = '', svc] = service.split('.')
  if (svc === 'svc') return { name, namespace, service }
  return { name: service.toLowerCase().replace(/[^a-z0-9.-]/g, '-'), namespace: options.namespace, service }
}

/** A short name is a service of the namespace; a name with dots stands as it is, as in Istio. */
export function qualified(service: string, namespace: string): string {
  const parts = service.split('.')
  if (parts.length === 1) return `${service}.${namespace}.svc.cluster.local`
  if (parts.length === 3 && parts[2] === 'svc') return `${service}.cluster.local`
  return service
}
