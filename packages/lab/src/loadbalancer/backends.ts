import type { EndpointSlice, Node, Service } from '@isthmus/kubernetes'

export interface Backend {
  readonly host: string
  readonly port: number
}

/**
 * The nodes that take a load balancer's connections for one port, in order: with `externalTrafficPolicy: Local` only
 * those with a ready endpoint of the service (what their health check node port says in a cloud), else every ready node.
 * Nodes that are not ready come last in the second case, never in the first. Pure.
 */
export function backendsOf(
  service: Service,
  nodePort: number,
  nodes: readonly Node[],
  slices: readonly EndpointSlice[],
): readonly Backend[] {
  const holders = new Set(
    slices.flatMap(slice =>
      (slice.endpoints ?? []).flatMap(endpoint =>
        endpoint.conditions?.ready !== false && endpoint.nodeName ? [endpoint.nodeName] : [],
      ),
    ),
  )
  if (holders.size === 0) return []
  const local = service.spec.externalTrafficPolicy === 'Local'
  const rank = (node: Node) => (isReady(node) ? 0 : 1)
  return nodes
    .filter(node => (local ? holders.has(node.metadata.name) && isReady(node) : true))
    .toSorted((a, b) => rank(a) - rank(b) || (a.metadata.name < b.metadata.name ? -1 : 1))
    .flatMap(node => {
      const host = node.status?.addresses?.find(address => address.type === 'InternalIP')?.address
      return host ? [{ host, port: nodePort }] : []
    })
}

function isReady(node: Node): boolean {
  return node.status?.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') ?? false
}

/** Starts at the n-th, so that connections take turns; the others follow for when it refuses. */
export function rotated<T>(items: readonly T[], n: number): readonly T[] {
  if (items.length === 0) return items
  const at = n % items.length
  return [...items.slice(at), ...items.slice(0, at)]
}
