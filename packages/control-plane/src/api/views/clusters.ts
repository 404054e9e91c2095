import type { ClusterRow, Condition as Shown } from '@isthmus/api'
import { type ErrorCode, errors } from '@isthmus/errors'
import type { Condition } from '@isthmus/kubernetes'
import { checkTypes, type MemberCluster } from '../../members/resource.ts'
import type { Cluster, Mesh } from '../../model/index.ts'
import type { ProxyStatus } from '../../xds/status.ts'

/** Every member, joined or not; and clusters that the mesh knows without one. */
export function clusterRowsOf(
  mesh: Mesh,
  members: readonly MemberCluster[],
  proxies: readonly ProxyStatus[],
): ClusterRow[] {
  const endpoints = new Map<string, number>()
  for (const list of mesh.endpoints.values())
    for (const { cluster } of list) endpoints.set(cluster, (endpoints.get(cluster) ?? 0) + 1)
  const names = new Set([...members.map(m => m.metadata.name), ...mesh.clusters.keys()])
  return [...names].sort().map(name => {
    const member = members.find(m => m.metadata.name === name)
    return {
      ...rowOf(name, member, mesh.clusters.get(name)),
      endpoints: endpoints.get(name) ?? 0,
      proxies: proxies.filter(p => p.node.cluster === name).length,
    }
  })
}

function rowOf(
  name: string,
  member: MemberCluster | undefined,
  known: Cluster | undefined,
): Omit<ClusterRow, 'endpoints' | 'proxies'> {
  const status = member?.status ?? {}
  const conditions = ordered(status.conditions ?? [])
  const ready = member ? conditions.some(c => c.type === 'Ready' && c.status === 'True') : known?.stale === false
  const mend = ready ? undefined : mendOf(conditions)
  const contact = Math.max(known?.lastContact ?? 0, Date.parse(status.lastContact ?? '') || 0)
  return {
    name,
    region: known?.region || member?.spec?.region || status.regions?.join(', ') || '',
    ...(status.server && { server: status.server }),
    ...(status.version && { version: status.version }),
    ready,
    conditions,
    ...(mend !== undefined && { mend }),
    ...(contact > 0 && { lastContact: contact }),
    stale: known?.stale ?? false,
    ...(status.nodes !== undefined && { nodes: status.nodes }),
    podCIDRs: [...(status.podCIDRs ?? [])],
    serviceCIDRs: [...(status.serviceCIDRs ?? [])],
  }
}

/** The checks in the order in which they are made, then whether it joined and is ready. */
function ordered(conditions: readonly Condition[]): Shown[] {
  const order = [...checkTypes, 'Joined', 'Ready'] as readonly string[]
  const at = (type: string) => (order.indexOf(type) < 0 ? order.length : order.indexOf(type))
  return conditions
    .toSorted((a, b) => at(a.type) - at(b.type))
    .map(({ type, status, reason, message, lastTransitionTime }) => ({
      ...{ type, status, reason, message },
      ...(lastTransitionTime && { lastTransitionTime }),
    }))
}

/** The condition's message begins with its code: `ISM4003: …`. */
function mendOf(conditions: readonly Shown[]): string | undefined {
  for (const { status, message } of conditions) {
    const code = status === 'False' ? /^(ISM\d{4}):/.exec(message)?.[1] : undefined
    if (code && code in errors) return errors[code as ErrorCode].mend
  }
  return undefined
}
