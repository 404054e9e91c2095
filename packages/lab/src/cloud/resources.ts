import type { Condition, KubeObject } from '@isthmus/kubernetes'

export const cloudApiVersion = 'cloud.isthmus.dev/v1alpha1'

/** What people write, by kind. The CRDs in crds/ say what each field means. */
export interface CloudSpecs {
  VPC: { region: string; cidrBlock: string }
  VSwitch: { vpc: string; zone?: string; cidrBlock: string }
  CenInstance: { description?: string }
  TransitRouter: { cen: string; region: string }
  TransitRouterVpcAttachment: { transitRouter: string; vpc: string }
  TransitRouterPeerAttachment: { transitRouter: string; peerTransitRouter: string; bandwidth?: string }
  SecurityGroup: { vpc: string; inbound?: InboundRule[] }
  ManagedCluster: {
    region: string
    vpc: string
    vSwitch: string
    podCIDR?: string
    serviceCIDR: string
    networkPlugin?: 'flannel' | 'terway'
    nodeCount?: number
    securityGroup?: string
  }
  MeshInstance: { region: string; vpc: string; vSwitch: string; securityGroup?: string }
}

export interface InboundRule {
  protocol: 'All' | 'TCP' | 'UDP' | 'ICMP'
  portRange?: string
  source: string
  description?: string
}

export type CloudKind = keyof CloudSpecs

export interface CloudObject<K extends CloudKind = CloudKind> extends KubeObject {
  kind: K
  spec: CloudSpecs[K]
  status?: { conditions?: Condition[] } & Record<string, unknown>
}

/** In the order in which they build on each other. */
export const cloudKinds = [
  'VPC',
  'VSwitch',
  'CenInstance',
  'TransitRouter',
  'TransitRouterVpcAttachment',
  'TransitRouterPeerAttachment',
  'SecurityGroup',
  'ManagedCluster',
  'MeshInstance',
] as const satisfies readonly CloudKind[]

export const isCloudKind = (kind: string): kind is CloudKind => (cloudKinds as readonly string[]).includes(kind)

/** Everything of the cloud at one moment. */
export type CloudObjects = readonly CloudObject[]

/** `VPC/vpc-hangzhou`: unique, as all kinds are cluster-scoped. */
export const idOf = (object: { kind: string; metadata: { name: string } }): string =>
  `${object.kind}/${object.metadata.name}`

/** The oldest first, so that of two that conflict the one that was there stays; names decide between equals. */
export function ofKind<K extends CloudKind>(objects: CloudObjects, kind: K): CloudObject<K>[] {
  const age = (o: KubeObject) => o.metadata.creationTimestamp ?? ''
  return (objects.filter(o => o.kind === kind) as CloudObject<K>[]).sort(
    (a, b) => compare(age(a), age(b)) || compare(a.metadata.name, b.metadata.name),
  )
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
