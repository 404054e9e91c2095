import {
  Cluster_DiscoveryType,
  Cluster_LbPolicy,
  ClusterSchema,
} from '@isthmus/envoy-api/envoy/config/cluster/v3/cluster'
import type { ProxyView } from '../model/index.ts'
import { circuitBreakers } from './circuit-breakers.ts'
import { connectTimeoutMs } from './cluster.ts'
import { duration } from './duration.ts'
import { blackHoleCluster, passthroughCluster } from './names.ts'
import { downstreamProtocol } from './protocol-options.ts'
import { resource, type TranslatedResource } from './translated.ts'
import { upstreamBind } from './upstream-bind.ts'

/** Nowhere: for what is refused, and for routes to services or subsets that do not exist (answered with 503). */
export function blackHole(): TranslatedResource<typeof ClusterSchema> {
  return resource(
    ClusterSchema,
    blackHoleCluster,
    {
      name: blackHoleCluster,
      clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.STATIC },
      connectTimeout: duration(connectTimeoutMs),
    },
    [],
  )
}

/** To where the application dialled: for what the mesh does not know. */
export function passthrough(view: ProxyView): TranslatedResource<typeof ClusterSchema> {
  return resource(
    ClusterSchema,
    passthroughCluster,
    {
      name: passthroughCluster,
      clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.ORIGINAL_DST },
      lbPolicy: Cluster_LbPolicy.CLUSTER_PROVIDED,
      connectTimeout: duration(connectTimeoutMs),
      circuitBreakers: circuitBreakers(undefined, undefined),
      typedExtensionProtocolOptions: downstreamProtocol(),
      upstreamBindConfig: upstreamBind(view, 'outbound'),
    },
    [],
  )
}
