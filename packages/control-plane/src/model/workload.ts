import type { Locality } from './locality.ts'
import type { Protocol } from './service.ts'

/** A pod, or a WorkloadEntry: what a proxy stands beside. Key: `cluster/namespace/name`. */
export interface Workload {
  readonly cluster: string
  readonly namespace: string
  readonly name: string
  readonly addresses: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly serviceAccount: string
  readonly node: string
  readonly locality: Locality
  /** Ports of services that select it: what its proxy serves inbound. */
  readonly inbound: readonly InboundPort[]
}

export interface InboundPort {
  readonly service: string
  readonly servicePort: number
  readonly targetPort: number
  readonly name: string
  readonly protocol: Protocol
}
