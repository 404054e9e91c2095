import { Type } from 'typebox'
import { Condition, ObjectRef, Page, Time } from './common.ts'

export const ClusterRow = Type.Object({
  name: Type.String(),
  region: Type.String(),
  server: Type.Optional(Type.String()),
  version: Type.Optional(Type.String()),
  ready: Type.Boolean(),
  /** The diagnosis, in the order of its checks; the first False one is what is wrong. */
  conditions: Type.Array(Condition),
  /** What mends the failing check. */
  mend: Type.Optional(Type.String()),
  /** The last word of its API. */
  lastContact: Type.Optional(Time),
  stale: Type.Boolean(),
  nodes: Type.Optional(Type.Integer()),
  podCIDRs: Type.Array(Type.String()),
  serviceCIDRs: Type.Array(Type.String()),
  endpoints: Type.Integer(),
  proxies: Type.Integer(),
})
export const ClusterList = Type.Object({ at: Time, clusters: Type.Array(ClusterRow) })

export const AddCluster = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 63 }),
  kubeconfig: Type.String({ maxLength: 1048576 }),
  context: Type.Optional(Type.String()),
  /** The API's address as seen from the mesh, where it differs. */
  server: Type.Optional(Type.String()),
  region: Type.Optional(Type.String()),
})
export const KubeconfigText = Type.Object({ kubeconfig: Type.String({ maxLength: 1048576 }) })
export const KubeconfigContexts = Type.Object({
  contexts: Type.Array(
    Type.Object({ name: Type.String(), server: Type.String(), privateServer: Type.Optional(Type.String()) }),
  ),
})

export const NodeRow = Type.Object({
  name: Type.String(),
  ready: Type.Boolean(),
  region: Type.String(),
  zone: Type.String(),
  addresses: Type.Array(Type.String()),
  kubeletVersion: Type.String(),
  podCIDR: Type.Optional(Type.String()),
})
export const NodeList = Type.Object({ nodes: Type.Array(NodeRow) })

export const NamespaceRow = Type.Object({
  name: Type.String(),
  injection: Type.Union([Type.Literal('enabled'), Type.Literal('disabled'), Type.Literal('unset')]),
  pods: Type.Integer(),
  podsWithSidecar: Type.Integer(),
})
export const NamespaceList = Type.Object({ namespaces: Type.Array(NamespaceRow) })
export const SetInjection = Type.Object({
  injection: Type.Union([Type.Literal('enabled'), Type.Literal('disabled'), Type.Literal('unset')]),
})

export const WorkloadRow = Type.Object({
  namespace: Type.String(),
  name: Type.String(),
  kind: Type.String(),
  replicas: Type.Integer(),
  ready: Type.Integer(),
  images: Type.Array(Type.String()),
  labels: Type.Record(Type.String(), Type.String()),
})
export const WorkloadList = Type.Object({ ...Page, workloads: Type.Array(WorkloadRow) })
export const Scale = Type.Object({ replicas: Type.Integer({ minimum: 0, maximum: 1000 }) })

export const PodRow = Type.Object({
  namespace: Type.String(),
  name: Type.String(),
  phase: Type.String(),
  ready: Type.Boolean(),
  reason: Type.Optional(Type.String()),
  node: Type.String(),
  address: Type.String(),
  restarts: Type.Integer(),
  containers: Type.Array(Type.String()),
  sidecar: Type.Boolean(),
  startedAt: Type.Optional(Type.String()),
})
export const PodList = Type.Object({ ...Page, pods: Type.Array(PodRow) })
export const Logs = Type.Object({
  container: Type.String(),
  lines: Type.Array(Type.String()),
  truncated: Type.Boolean(),
})

export const GatewayRow = Type.Object({
  name: Type.String(),
  namespace: Type.String(),
  conditions: Type.Array(Condition),
  places: Type.Array(
    Type.Object({
      cluster: Type.String(),
      region: Type.String(),
      addresses: Type.Array(Type.String()),
      ports: Type.Array(
        Type.Object({
          port: Type.Integer(),
          name: Type.String(),
          protocol: Type.String(),
          url: Type.Optional(Type.String()),
        }),
      ),
      ready: Type.Integer(),
      replicas: Type.Integer(),
      requestsPerSecond: Type.Number(),
    }),
  ),
  listeners: Type.Array(
    Type.Object({
      gateway: ObjectRef,
      port: Type.Integer(),
      protocol: Type.String(),
      hosts: Type.Array(Type.String()),
      secret: Type.Optional(Type.String()),
    }),
  ),
  routes: Type.Array(
    Type.Object({
      virtualService: ObjectRef,
      hosts: Type.Array(Type.String()),
      match: Type.String(),
      destination: Type.String(),
    }),
  ),
  certificates: Type.Array(
    Type.Object({
      name: Type.String(),
      subject: Type.String(),
      names: Type.Array(Type.String()),
      notBefore: Time,
      notAfter: Time,
      problem: Type.Optional(Type.String()),
    }),
  ),
})
export const GatewayList = Type.Object({ at: Time, gateways: Type.Array(GatewayRow) })
