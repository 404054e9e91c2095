import type * as kube from '@isthmus/kubernetes'
import { type Health, type Locality, parseLocality } from '../model/index.ts'

/** What the mesh wants to know of a pod. */
export interface PodInfo {
  readonly namespace: string
  readonly name: string
  readonly addresses: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly serviceAccount: string
  readonly node: string
  /** The Deployment (or other owner) it belongs to. */
  readonly workload: string
  /** Named container ports: name to number. */
  readonly ports: Readonly<Record<string, number>>
  /** For a ServiceEntry that chooses pods itself; Services have it from their EndpointSlices. */
  readonly health: Health
  readonly network?: string
  /** From the label `istio-locality`, which beats the node's. */
  readonly locality?: Locality
}

/** Undefined for a pod that has no address yet or has ended. */
export function parsePod(pod: kube.Pod): PodInfo | undefined {
  const { metadata, spec, status } = pod
  const addresses = status?.podIPs?.map(a => a.ip) ?? (status?.podIP ? [status.podIP] : [])
  if (addresses.length === 0 || status?.phase === 'Succeeded' || status?.phase === 'Failed') return undefined
  const labels = metadata.labels ?? {}
  const locality = labels['istio-locality']
  const network = labels['topology.istio.io/network']
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    addresses,
    labels,
    serviceAccount: spec.serviceAccountName ?? 'default',
    node: spec.nodeName ?? '',
    workload: workloadName(pod),
    ports: namedPorts(spec),
    health: healthOf(pod),
    ...(network && { network }),
    // A label's value cannot hold a slash: dots stand for it.
    ...(locality && { locality: parseLocality(locality.replaceAll('.', '/')) }),
  }
}

function healthOf({ metadata, status }: kube.Pod): Health {
  if (metadata.deletionTimestamp) return 'draining'
  return status?.conditions?.some(c => c.type === 'Ready' && c.status !== 'True') ? 'unhealthy' : 'healthy'
}

function namedPorts(spec: kube.PodSpec): Readonly<Record<string, number>> {
  const named: Record<string, number> = {}
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])])
    for (const port of container.ports ?? []) if (port.name) named[port.name] ??= port.containerPort
  return named
}

/** A ReplicaSet made by a Deployment is named DEPLOYMENT-HASH, and its pods carry the hash as a label. */
function workloadName(pod: kube.Pod): string {
  const owner = pod.metadata.ownerReferences?.find(o => o.controller)
  if (!owner) return pod.metadata.name
  const hash = pod.metadata.labels?.['pod-template-hash']
  const suffix = `-${hash}`
  return owner.kind === 'ReplicaSet' && hash && owner.name.endsWith(suffix)
    ? owner.name.slice(0, -suffix.length)
    : owner.name
}
