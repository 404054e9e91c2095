import type { NamespaceRow, NodeRow, PodRow, WorkloadRow } from '@isthmus/api'
import type { Deployment, Namespace, Node, Pod } from '@isthmus/kubernetes'

const region = 'topology.kubernetes.io/region'
const zone = 'topology.kubernetes.io/zone'
export const injectionLabel = 'istio-injection'
const proxyContainer = 'istio-proxy'

/** @param clusterRegion of nodes without a label */
export function nodeRow(node: Node, clusterRegion: string): NodeRow {
  const labels = node.metadata.labels ?? {}
  const info = (node.status as { nodeInfo?: { kubeletVersion?: string } } | undefined)?.nodeInfo
  return {
    name: node.metadata.name,
    ready: node.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True') ?? false,
    region: labels[region] ?? clusterRegion,
    zone: labels[zone] ?? '',
    addresses: (node.status?.addresses ?? []).filter(a => a.type !== 'Hostname').map(a => a.address),
    kubeletVersion: info?.kubeletVersion ?? '',
    ...(node.spec.podCIDR && { podCIDR: node.spec.podCIDR }),
  }
}

export function namespaceRow(namespace: Namespace, pods: readonly Pod[]): NamespaceRow {
  const own = pods.filter(p => p.metadata.namespace === namespace.metadata.name)
  const value = namespace.metadata.labels?.[injectionLabel]
  return {
    name: namespace.metadata.name,
    injection: value === 'enabled' || value === 'disabled' ? value : 'unset',
    pods: own.length,
    podsWithSidecar: own.filter(hasSidecar).length,
  }
}

/** A Deployment or StatefulSet. */
export function workloadRow(object: Deployment): WorkloadRow {
  const { namespace = '', name, labels } = object.metadata
  return {
    ...{ namespace, name, kind: object.kind },
    replicas: object.spec.replicas ?? 1,
    ready: object.status?.readyReplicas ?? 0,
    images: object.spec.template.spec.containers.map(c => c.image),
    labels: { ...labels },
  }
}

export function podRow(pod: Pod): PodRow {
  const { namespace = '', name } = pod.metadata
  const { status, spec } = pod
  const statuses = status?.containerStatuses ?? []
  const waiting = statuses
    .map(s => (s.state as { waiting?: { reason?: string } } | undefined)?.waiting?.reason)
    .find(reason => reason !== undefined)
  const reason = (status as { reason?: string } | undefined)?.reason ?? waiting
  const startedAt = (status as { startTime?: string } | undefined)?.startTime
  return {
    ...{ namespace, name },
    phase: pod.metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? 'Unknown'),
    ready: status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True') ?? false,
    ...(reason !== undefined && { reason }),
    node: spec.nodeName ?? '',
    address: status?.podIP ?? '',
    restarts: statuses.reduce((sum, s) => sum + s.restartCount, 0),
    containers: containersOf(pod),
    sidecar: hasSidecar(pod),
    ...(startedAt !== undefined && { startedAt }),
  }
}

/** With native sidecars, which are init containers that stay. */
function containersOf({ spec }: Pod): string[] {
  const sidecars = (spec.initContainers ?? []).filter(c => c.restartPolicy === 'Always')
  return [...spec.containers, ...sidecars].map(c => c.name)
}

function hasSidecar(pod: Pod): boolean {
  return containersOf(pod).includes(proxyContainer)
}
