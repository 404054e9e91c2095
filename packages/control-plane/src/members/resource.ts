import { type Condition, type KubeObject, kinds } from '@isthmus/kubernetes'

export const memberKind = kinds.MemberCluster

/** Namespace of the mesh's own objects, in the mesh API and in every member cluster. */
export const meshNamespace = 'istio-system'

/** Label of the Secrets that hold members' kubeconfigs; the value is the member's name. */
export const memberLabel = 'isthmus.dev/member-cluster'
/** Held while a member is being left, so that what joining made is taken away first. */
export const memberFinalizer = 'mesh.isthmus.dev/leave'
/** Key of the kubeconfig in its Secret. */
export const kubeconfigKey = 'kubeconfig'

/** `MemberCluster` (mesh.isthmus.dev/v1alpha1), cluster-scoped. deploy/crds says what each field means. */
export interface MemberCluster extends KubeObject {
  spec: {
    kubeconfigSecret?: { name?: string; namespace?: string; key?: string }
    server?: string
    region?: string
    network?: string
    requestedAt?: string
  }
  status?: MemberStatus
}

export interface MemberStatus {
  conditions?: Condition[]
  /** RFC 3339: the last word from the cluster's API. */
  lastContact?: string
  server?: string
  version?: string
  nodes?: number
  regions?: string[]
  podCIDRs?: string[]
  serviceCIDRs?: string[]
}

/** Condition types in the order of the checks: one for each thing joining needs, then whether it is done. */
export const checkTypes = [
  'KubeconfigUsable',
  'RouteAvailable',
  'SecurityGroupAllows',
  'BandwidthAvailable',
  'APIReachable',
  'CertificateTrusted',
  'CredentialsAccepted',
  'PermissionsGranted',
  'RegionKnown',
  'AddressesDistinct',
] as const

export type CheckType = (typeof checkTypes)[number]

export const secretName = (member: string): string => `isthmus-member-${member}`

export function secretOf(m: MemberCluster): { name: string; namespace: string; key: string } {
  const s = m.spec?.kubeconfigSecret
  return {
    name: s?.name ?? secretName(m.metadata.name),
    namespace: s?.namespace ?? meshNamespace,
    key: s?.key ?? kubeconfigKey,
  }
}
