import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf'
import { create } from '@bufbuild/protobuf'
import type { Origin } from '@isthmus/control-plane/model/index.ts'
import { encodeResource } from '@isthmus/control-plane/snapshot/encode.ts'
import { type Resource, type Snapshot, typeUrls } from '@isthmus/control-plane/snapshot/resource.ts'
import type { TranslatedResource } from '@isthmus/control-plane/translate/translated.ts'
import { pack } from '@isthmus/envoy-api/any'
import { Cluster_DiscoveryType, ClusterSchema } from '@isthmus/envoy-api/envoy/config/cluster/v3/cluster'
import { ClusterLoadAssignmentSchema } from '@isthmus/envoy-api/envoy/config/endpoint/v3/endpoint'
import { ListenerSchema } from '@isthmus/envoy-api/envoy/config/listener/v3/listener'
import { RouteConfigurationSchema } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import { RouterSchema } from '@isthmus/envoy-api/envoy/extensions/filters/http/router/v3/router'
import { HttpConnectionManagerSchema } from '@isthmus/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager'

/** Resources as small as Envoy takes them, for tests of delivery. */

export const origin: Origin = {
  cluster: 'c1',
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  namespace: 'default',
  name: 'web',
}
const ads = { configSourceSpecifier: { case: 'ads', value: {} }, resourceApiVersion: 2 } as const

function translated<D extends DescMessage>(schema: D, name: string, init: MessageInitShape<D>): TranslatedResource {
  const typeUrl = `type.googleapis.com/${schema.typeName}`
  return { typeUrl, name, schema, message: create(schema, init), origins: [origin] } as TranslatedResource
}

export function clusterMessage(name: string, connectSeconds = 1): TranslatedResource {
  return translated(ClusterSchema, name, {
    name,
    connectTimeout: { seconds: BigInt(connectSeconds) },
    clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.EDS },
    edsClusterConfig: { edsConfig: ads },
  })
}

export function staticClusterMessage(name: string): TranslatedResource {
  return translated(ClusterSchema, name, {
    name,
    connectTimeout: { seconds: 1n },
    clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.STATIC },
  })
}

export function endpointsMessage(clusterName: string, ports: readonly number[]): TranslatedResource {
  const lbEndpoints = ports.map(port => ({
    hostIdentifier: {
      case: 'endpoint' as const,
      value: {
        address: {
          address: {
            case: 'socketAddress' as const,
            value: { address: '127.0.0.1', portSpecifier: { case: 'portValue' as const, value: port } },
          },
        },
      },
    },
  }))
  return translated(ClusterLoadAssignmentSchema, clusterName, {
    clusterName,
    endpoints: ports.length ? [{ lbEndpoints }] : [],
  })
}

export function routeMessage(name: string, clusters: Readonly<Record<string, string>>): TranslatedResource {
  return translated(RouteConfigurationSchema, name, {
    name,
    virtualHosts: Object.entries(clusters).map(([domain, cluster]) => ({
      name: domain,
      domains: [domain],
      routes: [
        {
          match: { pathSpecifier: { case: 'prefix' as const, value: '/' } },
          action: { case: 'route' as const, value: { clusterSpecifier: { case: 'cluster' as const, value: cluster } } },
        },
      ],
    })),
  })
}

export function listenerMessage(name: string, port: number, routeConfigName: string): TranslatedResource {
  const manager = create(HttpConnectionManagerSchema, {
    statPrefix: name,
    routeSpecifier: { case: 'rds', value: { routeConfigName, configSource: ads } },
    httpFilters: [
      {
        name: 'envoy.filters.http.router',
        configType: { case: 'typedConfig', value: pack(RouterSchema, create(RouterSchema)) },
      },
    ],
  })
  return translated(ListenerSchema, name, {
    name,
    address: {
      address: {
        case: 'socketAddress',
        value: { address: '127.0.0.1', portSpecifier: { case: 'portValue', value: port } },
      },
    },
    filterChains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            configType: { case: 'typedConfig', value: pack(HttpConnectionManagerSchema, manager) },
          },
        ],
      },
    ],
  })
}

export function snapshotOf(...messages: readonly TranslatedResource[]): Snapshot {
  return mergeSnapshots(
    undefined,
    messages.map(t => encodeResource(t)),
  )
}

/** The snapshot with these in place of what has their names; maps of other types stay the same objects, as the engine keeps them. */
export function mergeSnapshots(
  before: Snapshot | undefined,
  changed: readonly Resource[],
  gone: readonly Resource[] = [],
): Snapshot {
  const resources = new Map(before?.resources)
  const fresh = new Map<string, Map<string, Resource>>()
  const mapOf = (typeUrl: string) => {
    let map = fresh.get(typeUrl)
    if (!map) {
      map = new Map(resources.get(typeUrl))
      fresh.set(typeUrl, map)
      resources.set(typeUrl, map)
    }
    return map
  }
  for (const r of changed) {
    const old = before?.resources.get(r.typeUrl)?.get(r.name)
    mapOf(r.typeUrl).set(r.name, old?.version === r.version ? old : r)
  }
  for (const r of gone) mapOf(r.typeUrl).delete(r.name)
  return { resources }
}

/** One service: a cluster, its endpoints, and a route and listener to it. */
export function service(name: string, ports: readonly number[]): TranslatedResource[] {
  return [clusterMessage(name), endpointsMessage(name, ports)]
}

export { typeUrls }
