import { type AnyObject, isKubeError, type KubeClient, kinds, type Node } from '@isthmus/kubernetes'
import type { ClusterFacts } from './symptoms.ts'

const regionLabels = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'] as const
const serviceCidrKind = { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR' }

/** Reads what joining wants to know: version, nodes with their regions, and address ranges. Throws KubeError. */
export async function readFacts(client: KubeClient): Promise<ClusterFacts> {
  const [version, nodes, serviceCIDRs] = await Promise.all([
    client.json<{ gitVersion?: string }>({ path: '/version' }),
    client.list<Node>(kinds.Node),
    readServiceCidrs(client),
  ])
  return { version: version.gitVersion ?? '', serviceCIDRs, ...nodeFacts(nodes) }
}

/** What the nodes alone say. Pure. */
function nodeFacts(nodes: readonly Node[]): Omit<ClusterFacts, 'version' | 'serviceCIDRs'> {
  const region = (n: Node) => regionLabels.map(l => n.metadata.labels?.[l]).find(Boolean)
  const podCIDRs = nodes.flatMap(n => n.spec.podCIDRs ?? (n.spec.podCIDR ? [n.spec.podCIDR] : []))
  return {
    nodes: nodes.length,
    regions: [...new Set(nodes.map(region).filter(r => r !== undefined))].sort(),
    unlabelled: nodes.filter(n => !region(n)).map(n => n.metadata.name),
    podCIDRs: [...new Set(podCIDRs)].sort(),
  }
}

/** ServiceCIDR objects are there from Kubernetes 1.33; before, nobody says. */
async function readServiceCidrs(client: KubeClient): Promise<string[]> {
  try {
    const found = await client.list<AnyObject>(serviceCidrKind)
    return found.flatMap(o => (o.spec?.cidrs as string[] | undefined) ?? [])
  } catch (error) {
    if (isKubeError(error, 'notFound', 'forbidden')) return []
    throw error
  }
}
