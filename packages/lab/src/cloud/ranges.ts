import { overlaps, parseCidr } from '../network/cidr.ts'
import { type CloudObject, type CloudObjects, ofKind } from './resources.ts'

/** A range and whose it is, as a message names it. */
export interface NamedRange {
  /** `VPC vpc-hangzhou`, `pod CIDR of ManagedCluster ack-hangzhou`. */
  readonly owner: string
  readonly cidr: string
  readonly vpc?: string
}

export const vpcRange = (vpc: CloudObject<'VPC'>): NamedRange => ({
  owner: `VPC ${vpc.metadata.name}`,
  cidr: vpc.spec.cidrBlock,
  vpc: vpc.metadata.name,
})

/** The services' range, which only the cluster itself knows, then with flannel the pods'. */
export function clusterRanges({ spec, metadata }: CloudObject<'ManagedCluster'>): NamedRange[] {
  const { vpc } = spec
  const ranges = [{ owner: `service CIDR of ManagedCluster ${metadata.name}`, cidr: spec.serviceCIDR, vpc }]
  if ((spec.networkPlugin ?? 'flannel') === 'flannel' && spec.podCIDR)
    ranges.push({ owner: `pod CIDR of ManagedCluster ${metadata.name}`, cidr: spec.podCIDR, vpc })
  return ranges
}

/** What a CEN instance propagates: its VPCs' ranges and the pod ranges of the clusters in them. */
export function reachableRanges(objects: CloudObjects, cen: string): NamedRange[] {
  const routers = new Set(
    ofKind(objects, 'TransitRouter')
      .filter(r => r.spec.cen === cen)
      .map(r => r.metadata.name),
  )
  const attached = new Set(
    ofKind(objects, 'TransitRouterVpcAttachment')
      .filter(a => routers.has(a.spec.transitRouter))
      .map(a => a.spec.vpc),
  )
  return [
    ...ofKind(objects, 'VPC')
      .filter(v => attached.has(v.metadata.name))
      .map(vpcRange),
    ...ofKind(objects, 'ManagedCluster')
      .filter(c => attached.has(c.spec.vpc))
      .flatMap(c => clusterRanges(c).slice(1)),
  ]
}

export function firstOverlap(
  mine: readonly NamedRange[],
  others: readonly NamedRange[],
): readonly [NamedRange, NamedRange] | undefined {
  for (const a of mine)
    for (const b of others) {
      const [x, y] = [parseCidr(a.cidr), parseCidr(b.cidr)]
      if (x && y && a.owner !== b.owner && overlaps(x, y)) return [a, b]
    }
  return undefined
}
