/** What names a kind: `{ apiVersion: 'apps/v1', kind: 'Deployment' }`. Any object of the kind serves too. */
export interface Kind {
  readonly apiVersion: string
  readonly kind: string
}

export interface Resource {
  readonly plural: string
  readonly namespaced: boolean
}

const kind = (apiVersion: string, name: string): Kind => ({ apiVersion, kind: name })

/** Kinds by name, for callers; any other `{apiVersion, kind}` works too. */
export const kinds = {
  Service: kind('v1', 'Service'),
  Pod: kind('v1', 'Pod'),
  Node: kind('v1', 'Node'),
  Namespace: kind('v1', 'Namespace'),
  Secret: kind('v1', 'Secret'),
  ConfigMap: kind('v1', 'ConfigMap'),
  ServiceAccount: kind('v1', 'ServiceAccount'),
  Event: kind('v1', 'Event'),
  EndpointSlice: kind('discovery.k8s.io/v1', 'EndpointSlice'),
  Deployment: kind('apps/v1', 'Deployment'),
  ReplicaSet: kind('apps/v1', 'ReplicaSet'),
  DaemonSet: kind('apps/v1', 'DaemonSet'),
  StatefulSet: kind('apps/v1', 'StatefulSet'),
  Lease: kind('coordination.k8s.io/v1', 'Lease'),
  ClusterRole: kind('rbac.authorization.k8s.io/v1', 'ClusterRole'),
  ClusterRoleBinding: kind('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'),
  Role: kind('rbac.authorization.k8s.io/v1', 'Role'),
  RoleBinding: kind('rbac.authorization.k8s.io/v1', 'RoleBinding'),
  MutatingWebhookConfiguration: kind('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'),
  CustomResourceDefinition: kind('apiextensions.k8s.io/v1', 'CustomResourceDefinition'),
  Gateway: kind('networking.istio.io/v1', 'Gateway'),
  VirtualService: kind('networking.istio.io/v1', 'VirtualService'),
  DestinationRule: kind('networking.istio.io/v1', 'DestinationRule'),
  ServiceEntry: kind('networking.istio.io/v1', 'ServiceEntry'),
  WorkloadEntry: kind('networking.istio.io/v1', 'WorkloadEntry'),
  Sidecar: kind('networking.istio.io/v1', 'Sidecar'),
  RegionalTrafficPolicy: kind('mesh.isthmus.dev/v1alpha1', 'RegionalTrafficPolicy'),
  MemberCluster: kind('mesh.isthmus.dev/v1alpha1', 'MemberCluster'),
  IstioGateway: kind('istio.alibabacloud.com/v1beta1', 'IstioGateway'),
} as const

/* Known without asking, so that the first request is the wanted one. Keyed by group and kind: versions share paths. */
const known = new Map<string, Resource>()
const learn = (group: string, namespaced: boolean, names: Record<string, string>) => {
  for (const [name, plural] of Object.entries(names)) known.set(`${group}/${name}`, { plural, namespaced })
}
learn('', true, {
  Service: 'services',
  Pod: 'pods',
  Secret: 'secrets',
  ConfigMap: 'configmaps',
  ServiceAccount: 'serviceaccounts',
  Event: 'events',
})
learn('', false, { Node: 'nodes', Namespace: 'namespaces' })
learn('apps', true, {
  Deployment: 'deployments',
  ReplicaSet: 'replicasets',
  DaemonSet: 'daemonsets',
  StatefulSet: 'statefulsets',
})
learn('discovery.k8s.io', true, { EndpointSlice: 'endpointslices' })
learn('coordination.k8s.io', true, { Lease: 'leases' })
learn('rbac.authorization.k8s.io', false, { ClusterRole: 'clusterroles', ClusterRoleBinding: 'clusterrolebindings' })
learn('rbac.authorization.k8s.io', true, { Role: 'roles', RoleBinding: 'rolebindings' })
learn('admissionregistration.k8s.io', false, {
  MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
})
learn('apiextensions.k8s.io', false, { CustomResourceDefinition: 'customresourcedefinitions' })
learn('authentication.k8s.io', false, { TokenReview: 'tokenreviews' })
learn('authorization.k8s.io', false, { SelfSubjectAccessReview: 'selfsubjectaccessreviews' })
learn('networking.istio.io', true, {
  Gateway: 'gateways',
  VirtualService: 'virtualservices',
  DestinationRule: 'destinationrules',
  ServiceEntry: 'serviceentries',
  WorkloadEntry: 'workloadentries',
  Sidecar: 'sidecars',
})
learn('istio.alibabacloud.com', true, { IstioGateway: 'istiogateways' })

export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

/** Undefined: not in the static map; the client then asks the API's discovery. */
export function knownResource(k: Kind): Resource | undefined {
  return known.get(`${groupOf(k.apiVersion)}/${k.kind}`)
}

/** `/api/v1` or `/apis/GROUP/VERSION`. */
export function apiRoot(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
}
