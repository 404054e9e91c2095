import { type Static, type TSchema, Type } from 'typebox'
import type { OperationId, paths } from './paths.ts'
import * as clusters from './schemas/clusters.ts'
import { Finding, PageQuery } from './schemas/common.ts'
import * as network from './schemas/network.ts'
import * as objects from './schemas/objects.ts'
import * as proxies from './schemas/proxies.ts'
import * as services from './schemas/services.ts'
import * as session from './schemas/session.ts'
import * as traffic from './schemas/traffic.ts'

interface Shape {
  readonly summary: string
  readonly query?: Readonly<Record<string, TSchema>>
  readonly body?: TSchema
  readonly response: TSchema
}

const window = Type.Optional(Type.Integer({ minimum: 2, maximum: 3600, default: 60, description: 'Seconds.' }))
const optionalText = Type.Optional(Type.String({ maxLength: 512 }))
const nothing = Type.Object({})

/** What each operation takes and gives. */
export const operations = {
  signIn: { summary: 'Sign in with a bearer token of the mesh API.', body: session.SignIn, response: session.Session },
  signInByLink: {
    summary: 'Sign in with the code of a sign-in link; it works once.',
    body: session.SignInByLink,
    response: session.Session,
  },
  getSession: { summary: 'Who is signed in, and what they may do.', response: session.Session },
  signOut: { summary: 'End the session.', response: nothing },
  createSignInLink: {
    summary: 'A link that signs in the sender of this request once.',
    response: session.SignInLink,
  },

  getOverview: {
    summary: 'Regions, their state, flows between them, and what needs attention.',
    response: traffic.Overview,
  },
  getMatrix: {
    summary: 'Requests by source and destination region.',
    query: { service: optionalText, window },
    response: traffic.Matrix,
  },
  listRegions: {
    summary: 'Regions and their state.',
    response: Type.Object({ regions: Type.Array(traffic.RegionStatus) }),
  },
  listEvents: {
    summary: 'The timeline, newest first.',
    query: {
      since: Type.Optional(Type.Integer({ description: 'Only events with a greater id.' })),
      before: Type.Optional(Type.Integer({ description: 'Only events with a smaller id.' })),
      region: optionalText,
      service: optionalText,
      kind: optionalText,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })),
    },
    response: traffic.EventList,
  },
  listFindings: {
    summary: 'What is wrong, or worth saying, about objects of the mesh.',
    query: { ...PageQuery, kind: optionalText, namespace: optionalText, name: optionalText },
    response: Type.Object({ total: Type.Integer(), offset: Type.Integer(), findings: Type.Array(Finding) }),
  },
  stream: {
    summary: 'Server-sent events: each topic whole at once, and again when it has changed.',
    query: { topics: Type.String(), service: optionalText },
    response: Type.Any({ description: 'text/event-stream' }),
  },

  listServices: {
    summary: 'Services of the mesh.',
    query: {
      ...PageQuery,
      namespace: optionalText,
      region: optionalText,
      sort: Type.Optional(
        Type.Union([Type.Literal('name'), Type.Literal('requests'), Type.Literal('errors'), Type.Literal('health')]),
      ),
    },
    response: services.ServiceList,
  },
  getService: {
    summary: 'One service, whole. `service` is a fully qualified host or NAME.NAMESPACE.',
    response: services.ServiceDetail,
  },
  getServiceSeries: { summary: 'Requests over time.', query: { window }, response: services.Series },
  getServiceLatency: { summary: 'Latency and response codes, asked from its proxies.', response: services.Latency },
  getServiceEjections: {
    summary: 'Endpoints that proxies have ejected, asked from them.',
    response: services.Ejections,
  },
  explain: {
    summary: 'Where requests for a service go from a region, and why.',
    query: {
      service: Type.String(),
      from: optionalText,
      role: Type.Optional(Type.Union([Type.Literal('sidecar'), Type.Literal('gateway')])),
      port: Type.Optional(Type.Integer()),
    },
    response: services.Explanation,
  },

  getRegionalTraffic: {
    summary: 'Policies between regions and what they come to, service by service.',
    query: { ...PageQuery, service: optionalText },
    response: traffic.RegionalTraffic,
  },
  previewRegionalTraffic: {
    summary: 'What a policy would change, as traffic moved. Nothing is written.',
    body: traffic.PreviewRequest,
    response: traffic.Preview,
  },

  listKinds: { summary: 'Kinds of traffic rules, and what you may do with them.', response: objects.KindList },
  getKindSchema: { summary: 'The schema of a kind.', response: objects.KindSchema },
  listObjects: {
    summary: 'Objects of a kind.',
    query: { ...PageQuery, namespace: optionalText },
    response: objects.ObjectList,
  },
  getObject: {
    summary: 'One object. Objects without a namespace have `-` in its place.',
    response: objects.ObjectView,
  },
  createObject: {
    summary: 'Create an object, as the signed-in user.',
    query: { dryRun: objects.WriteQuery.properties.dryRun },
    body: objects.WriteBody,
    response: objects.Written,
  },
  replaceObject: {
    summary: 'Replace an object, as the signed-in user. 409 when it is another version than the one edited.',
    query: objects.WriteQuery.properties,
    body: objects.WriteBody,
    response: objects.Written,
  },
  deleteObject: {
    summary: 'Delete an object, as the signed-in user.',
    query: objects.WriteQuery.properties,
    response: nothing,
  },
  listVersions: { summary: 'Versions of an object that were seen, newest first.', response: objects.VersionList },

  listClusters: { summary: 'Member clusters, with their diagnosis.', response: clusters.ClusterList },
  addCluster: { summary: 'Add a cluster to the mesh.', body: clusters.AddCluster, response: clusters.ClusterRow },
  listKubeconfigContexts: {
    summary: 'The contexts of a kubeconfig. Nothing is kept.',
    body: clusters.KubeconfigText,
    response: clusters.KubeconfigContexts,
  },
  getCluster: { summary: 'One member cluster.', response: clusters.ClusterRow },
  removeCluster: { summary: 'Take a cluster out of the mesh.', response: nothing },
  listNodes: { summary: "A cluster's nodes.", response: clusters.NodeList },
  listNamespaces: { summary: "A cluster's namespaces and their injection.", response: clusters.NamespaceList },
  setInjection: {
    summary: 'Switch sidecar injection of a namespace.',
    body: clusters.SetInjection,
    response: clusters.NamespaceRow,
  },
  listWorkloads: {
    summary: "A cluster's Deployments and StatefulSets.",
    query: { ...PageQuery, namespace: optionalText },
    response: clusters.WorkloadList,
  },
  scaleWorkload: {
    summary: 'Scale a Deployment or StatefulSet.',
    query: { kind: optionalText },
    body: clusters.Scale,
    response: clusters.WorkloadRow,
  },
  listPods: {
    summary: "A cluster's pods.",
    query: { ...PageQuery, namespace: optionalText, workload: optionalText },
    response: clusters.PodList,
  },
  getPodLogs: {
    summary: "A container's last lines.",
    query: {
      container: optionalText,
      lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000, default: 500 })),
      previous: Type.Optional(Type.Boolean()),
    },
    response: clusters.Logs,
  },

  getNetwork: { summary: 'The network between the regions.', response: network.Network },
  getNetworkPath: {
    summary: 'From a pod, node or cluster to an address, hop by hop.',
    query: { from: Type.String(), to: Type.String(), port: Type.Optional(Type.Integer()), protocol: optionalText },
    response: network.NetworkPath,
  },

  listGateways: {
    summary: 'Gateways, their addresses, listeners, routes and certificates.',
    response: clusters.GatewayList,
  },

  listProxies: {
    summary: 'Connected proxies.',
    query: { ...PageQuery, cluster: optionalText, region: optionalText, state: optionalText },
    response: proxies.ProxyList,
  },
  getProxyConfig: {
    summary: 'What is meant for a proxy. `proxy`: POD.NAMESPACE or CLUSTER/NAMESPACE/POD.',
    query: { type: optionalText, search: optionalText },
    response: proxies.ProxyConfig,
  },
  compareProxy: { summary: 'What a proxy holds, beside what is meant.', response: proxies.ProxyComparison },
} as const satisfies Record<OperationId, Shape>

type Operations = typeof operations

export type Response<Id extends OperationId> = Static<Operations[Id]['response']>
export type Body<Id extends OperationId> = Operations[Id] extends { body: infer S extends TSchema }
  ? Static<S>
  : undefined
export type Query<Id extends OperationId> = Operations[Id] extends { query: infer Q extends Record<string, TSchema> }
  ? Static<ReturnType<typeof Type.Object<Q>>>
  : Record<string, never>

type Names<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never
/** Names of the segments of an operation's path. */
export type Params<Id extends OperationId> = { readonly [N in Names<(typeof paths)[Id][1]>]: string }
