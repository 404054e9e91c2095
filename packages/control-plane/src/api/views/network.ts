import type { NetworkItem } from '@isthmus/api'
import type { InventoryObject } from '../../members/inventory.ts'
import type { MemberCluster } from '../../members/resource.ts'
import type { Mesh } from '../../model/index.ts'
import { bitsPerSecond, trafficOf } from './links.ts'

const kinds: ReadonlySet<string> = new Set([
  ...['VPC', 'VSwitch', 'CenInstance', 'TransitRouter', 'TransitRouterVpcAttachment'],
  ...['TransitRouterPeerAttachment', 'SecurityGroup', 'ManagedCluster', 'MeshInstance'],
])

/** What each kind's fields join it to. */
const joined: readonly (readonly [field: string, kind: string])[] = [
  ['vpc', 'VPC'],
  ['vSwitch', 'VSwitch'],
  ['cen', 'CenInstance'],
  ['transitRouter', 'TransitRouter'],
  ['peerTransitRouter', 'TransitRouter'],
  ['securityGroup', 'SecurityGroup'],
]

/** One resource of the network as people see it. */
export function networkItem({ kind, metadata, spec, status }: InventoryObject): NetworkItem | undefined {
  if (!kinds.has(kind)) return undefined
  const limit = bitsPerSecond(spec.bandwidth)
  const used = trafficOf(status)
  return {
    kind: kind as NetworkItem['kind'],
    name: metadata.name,
    ...(spec.region && { region: String(spec.region) }),
    ...(spec.cidrBlock && { cidr: String(spec.cidrBlock) }),
    joins: joined.flatMap(([field, to]) => (spec[field] ? [{ kind: to, name: String(spec[field]) }] : [])),
    ...(limit !== undefined && { limitBitsPerSecond: limit }),
    // The limit holds for each direction: the busier one is what comes near it.
    ...(used && { usedBitsPerSecond: Math.max(used.sent, used.received) }),
    ...(spec.podCIDR && { podCIDR: String(spec.podCIDR) }),
    ...(spec.serviceCIDR && { serviceCIDR: String(spec.serviceCIDR) }),
    ...(kind === 'SecurityGroup' && { rules: rulesOf(spec.inbound) }),
    conditions: (status?.conditions ?? []).map(({ type, status: s, reason, message, lastTransitionTime }) => ({
      ...{ type, status: s, reason, message },
      ...(lastTransitionTime && { lastTransitionTime }),
    })),
  }
}

function rulesOf(inbound: unknown): NonNullable<NetworkItem['rules']> {
  const rules = (Array.isArray(inbound) ? inbound : []) as Record<string, unknown>[]
  return rules.map(r => ({
    protocol: String(r.protocol ?? 'All'),
    ports: String(r.portRange ?? 'all'),
    source: String(r.source ?? ''),
    ...(r.description !== undefined && { description: String(r.description) }),
  }))
}

/** Where there is no inventory: what the clusters themselves say. */
export function clusterItems(mesh: Mesh, members: readonly MemberCluster[]): NetworkItem[] {
  return [...mesh.clusters.values()].map(({ name, region }) => {
    const status = members.find(m => m.metadata.name === name)?.status
    return {
      kind: 'ManagedCluster' as const,
      name,
      ...(region && { region }),
      joins: [],
      ...(status?.podCIDRs?.length && { podCIDR: status.podCIDRs.join(', ') }),
      ...(status?.serviceCIDRs?.length && { serviceCIDR: status.serviceCIDRs.join(', ') }),
      conditions: [],
    }
  })
}
