import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import { packed } from '@isthmus/envoy-api/any'
import type { ClusterLoadAssignment } from '@isthmus/envoy-api/envoy/config/endpoint/v3/endpoint'
import type { Listener } from '@isthmus/envoy-api/envoy/config/listener/v3/listener'
import type { Filter } from '@isthmus/envoy-api/envoy/config/listener/v3/listener_components'
import type { RouteConfiguration } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import type {
  RouteAction,
  WeightedCluster_ClusterWeight,
} from '@isthmus/envoy-api/envoy/config/route/v3/route_components'
import { HttpConnectionManagerSchema } from '@isthmus/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager'
import { TcpProxySchema } from '@isthmus/envoy-api/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy'
import { contentOf, type TranslatedResource } from '../translate/translated.ts'
import { noReferences as none, type References, typeUrls } from './resource.ts'

/* Looks into messages, and into what they are made from: there a field that is not set may be absent. */

const some: References = { ...none, hasEndpoints: true }

export function referencesOf(t: TranslatedResource): References {
  if (t.typeUrl === typeUrls.route) {
    const clusters = new Set<string>()
    visitClusters(contentOf(t) as unknown as RouteConfiguration, name => void clusters.add(name))
    return { ...none, clusters: [...clusters] }
  }
  if (t.written) return t.written.hasEndpoints ? some : none
  if (t.typeUrl === typeUrls.endpoint) {
    const { endpoints } = contentOf(t) as unknown as ClusterLoadAssignment
    return (endpoints ?? []).some(e => (e.lbEndpoints ?? []).length > 0) ? some : none
  }
  return t.typeUrl === typeUrls.listener ? ofListener(contentOf(t) as unknown as Listener) : none
}

function ofListener(listener: Listener): References {
  const clusters = new Set<string>()
  const routes = new Set<string>()
  const chains = listener.defaultFilterChain
    ? [...(listener.filterChains ?? []), listener.defaultFilterChain]
    : (listener.filterChains ?? [])
  for (const filter of chains.flatMap(chain => chain.filters ?? [])) ofFilter(filter, clusters, routes)
  return { ...none, clusters: [...clusters], routes: [...routes] }
}

const managerType = `type.googleapis.com/${HttpConnectionManagerSchema.typeName}`
const tcpProxyType = `type.googleapis.com/${TcpProxySchema.typeName}`

function ofFilter(filter: Filter, clusters: Set<string>, routes: Set<string>): void {
  if (filter.configType?.case !== 'typedConfig') return
  const any: Any = filter.configType.value
  if (any.typeUrl === managerType) {
    const { routeSpecifier } = packedAs(HttpConnectionManagerSchema, any)
    if (routeSpecifier?.case === 'rds') routes.add(routeSpecifier.value.routeConfigName)
    if (routeSpecifier?.case === 'routeConfig') visitClusters(routeSpecifier.value, name => void clusters.add(name))
  } else if (any.typeUrl === tcpProxyType) {
    const { clusterSpecifier: to } = packedAs(TcpProxySchema, any)
    if (to?.case === 'cluster') clusters.add(to.value)
    if (to?.case === 'weightedClusters') for (const { name } of to.value.clusters ?? []) clusters.add(name)
  }
}

function packedAs<D extends DescMessage>(schema: D, any: Any): MessageShape<D> {
  const known = packed(any)
  return known?.schema === schema ? (known.message as MessageShape<D>) : fromBinary(schema, any.value)
}

/** Calls `visit` for every cluster that a route names; a name it gives back takes the other's place. */
export function visitClusters(config: RouteConfiguration, visit: (name: string) => string | undefined): void {
  for (const host of config.virtualHosts ?? []) {
    for (const mirror of host.requestMirrorPolicies ?? []) mirror.cluster = visit(mirror.cluster) ?? mirror.cluster
    for (const route of host.routes ?? []) if (route.action?.case === 'route') visitAction(route.action.value, visit)
  }
}

function visitAction(action: RouteAction, visit: (name: string) => string | undefined): void {
  const { clusterSpecifier: to } = action
  if (to?.case === 'cluster') to.value = visit(to.value) ?? to.value
  if (to?.case === 'weightedClusters') for (const share of to.value.clusters ?? []) visitShare(share, visit)
  for (const mirror of action.requestMirrorPolicies ?? [])
    if (mirror.cluster) mirror.cluster = visit(mirror.cluster) ?? mirror.cluster
}

function visitShare(share: WeightedCluster_ClusterWeight, visit: (name: string) => string | undefined): void {
  if (share.name) share.name = visit(share.name) ?? share.name
}
