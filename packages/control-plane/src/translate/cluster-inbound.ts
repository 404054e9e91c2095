import {
  Cluster_DiscoveryType,
  Cluster_LbPolicy,
  ClusterSchema,
} from '@isthmus/envoy-api/envoy/config/cluster/v3/cluster'
import type { InboundPort, SidecarView } from '../model/index.ts'
import { circuitBreakers } from './circuit-breakers.ts'
import { connectTimeoutMs } from './cluster.ts'
import { duration } from './duration.ts'
import { inboundCluster, inboundPassthroughCluster } from './names.ts'
import { downstreamProtocol, protocolOptions } from './protocol-options.ts'
import { resource, type TranslatedResource } from './translated.ts'
import { upstreamBind } from './upstream-bind.ts'

/** To the own application, at the address the client dialled (the pod's), as Istio since 1.10: what listens on the pod's IP only is served too. */
export function inboundServiceCluster(view: SidecarView, port: InboundPort): TranslatedResource<typeof ClusterSchema> {
  const name = inboundCluster(port.targetPort)
  const [host = port.service] = port.service.split('.')
  return resource(
    ClusterSchema,
    name,
    {
      ...toApplication(view, name),
      typedExtensionProtocolOptions: protocolOptions(port.protocol, undefined),
      metadata: {
        filterMetadata: {
          istio: { services: [{ host: port.service, name: host, namespace: view.namespace }] },
        },
      },
    },
    [],
  )
}

/** Ports that no service names: probes, metrics, whatever the pod listens on. */
export function inboundPassthrough(view: SidecarView): TranslatedResource<typeof ClusterSchema> {
  return resource(
    ClusterSchema,
    inboundPassthroughCluster,
    { ...toApplication(view, inboundPassthroughCluster), typedExtensionProtocolOptions: downstreamProtocol() },
    [],
  )
}

function toApplication(view: SidecarView, name: string) {
  return {
    name,
    clusterDiscoveryType: { case: 'type' as const, value: Cluster_DiscoveryType.ORIGINAL_DST },
    lbPolicy: Cluster_LbPolicy.CLUSTER_PROVIDED,
    connectTimeout: duration(connectTimeoutMs),
    circuitBreakers: circuitBreakers(undefined, undefined),
    upstreamBindConfig: upstreamBind(view, 'inbound'),
  }
}
