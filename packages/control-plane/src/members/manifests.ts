import type { KubeObject, OwnerReference } from '@isthmus/kubernetes'
import { trustFiles } from '../bootstrap/index.ts'
import { trustConfigMap } from '../injection/containers.ts'
import { webhookConfiguration, webhookName } from '../injection/webhook-configuration.ts'
import { meshNamespace } from './resource.ts'

/** On everything joining makes: leaving takes away what carries it, and nothing else. */
export const ownedLabels = {
  'app.kubernetes.io/managed-by': 'isthmus',
  'app.kubernetes.io/part-of': 'isthmus',
} as const

/** The mesh's own account in each member cluster. */
export const accountName = 'isthmus-control-plane'

export interface JoinSettings {
  readonly cluster: string
  /** `HOST:PORT` of the webhook as the member's API server reaches it. */
  readonly webhookAddress: string
  /** PEM. */
  readonly rootCertificate: string
}

/** Namespace of the mesh in the member; created only where it is missing, since it may be somebody else's. */
export const namespaceManifest: KubeObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: meshNamespace, labels: { ...ownedLabels } },
}

/** The rights of the account: read what endpoints are made of, write what the mesh owns. */
export function roleManifest(): KubeObject {
  return { apiVersion: rbac, kind: 'ClusterRole', metadata: meta(accountName), rules } as KubeObject
}

/**
 * The account itself, and what gives it its rights. Both belong to the role: an account cannot take away itself and the
 * role, but it can take away the role, and the cluster's garbage collector does the rest.
 */
export function accountManifests(roleUid: string): KubeObject[] {
  const ownerReferences = [roleReference(roleUid)]
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...meta(accountName, meshNamespace), ownerReferences } },
    {
      apiVersion: rbac,
      kind: 'ClusterRoleBinding',
      metadata: { ...meta(accountName), ownerReferences },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: accountName },
      subjects: [{ kind: 'ServiceAccount', name: accountName, namespace: meshNamespace }],
    } as KubeObject,
  ]
}

export function roleReference(uid: string): OwnerReference {
  return { apiVersion: rbac, kind: 'ClusterRole', name: accountName, uid }
}

export function webhookManifest(s: JoinSettings): KubeObject {
  return webhookConfiguration({
    cluster: s.cluster,
    address: s.webhookAddress,
    rootCertificate: s.rootCertificate,
    labels: ownedLabels,
  })
}

/** The mesh's root certificate, for the proxies of one namespace. */
export function trustManifest(namespace: string, rootCertificate: string): KubeObject & { data: object } {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: trustConfigMap, namespace, labels: { ...ownedLabels, 'istio.io/config': 'true' } },
    data: trustFiles(rootCertificate),
  }
}

const rbac = 'rbac.authorization.k8s.io/v1'
const admission = 'admissionregistration.k8s.io'
const webhooks = 'mutatingwebhookconfigurations'
const read = ['get', 'list', 'watch']
const write = ['create', 'update', 'patch', 'delete']

const rules = [
  { apiGroups: [''], resources: ['services', 'endpoints', 'pods', 'nodes', 'namespaces'], verbs: read },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
  { apiGroups: ['apps'], resources: ['replicasets', 'statefulsets'], verbs: read },
  // What people do through the mesh, each for whom the mesh API's RBAC lets it (docs/design/0011-the-http-api.md).
  { apiGroups: [''], resources: ['pods/log', 'pods/proxy'], verbs: ['get'] },
  { apiGroups: ['apps'], resources: ['deployments/scale', 'statefulsets/scale'], verbs: ['get', 'patch'] },
  { apiGroups: ['networking.k8s.io'], resources: ['servicecidrs'], verbs: read },
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  { nonResourceURLs: ['/openid/v1/jwks', '/version'], verbs: ['get'] },
  // The root certificate in each namespace; gateways; stub services where a cluster lacks one.
  { apiGroups: [''], resources: ['configmaps', 'serviceaccounts', 'services'], verbs: [...read, ...write] },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: [...read, ...write] },
  { apiGroups: [admission], resources: [webhooks], verbs: ['create'] },
  { apiGroups: [admission], resources: [webhooks], resourceNames: [webhookName], verbs: ['get', 'patch', 'delete'] },
  // Renews its own token.
  { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: [accountName], verbs: ['create'] },
  // The label of sidecar injection; leaving: see `leave` in join.ts.
  { apiGroups: [''], resources: ['namespaces'], verbs: ['patch'] },
  {
    apiGroups: ['rbac.authorization.k8s.io'],
    resources: ['clusterroles'],
    resourceNames: [accountName],
    verbs: ['get', 'delete'],
  },
]

function meta(name: string, namespace?: string): KubeObject['metadata'] {
  return { name, ...(namespace ? { namespace } : {}), labels: { ...ownedLabels } }
}
