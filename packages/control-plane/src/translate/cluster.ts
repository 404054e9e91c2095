import {
  Cluster_DiscoveryType,
  Cluster_DnsLookupFamily,
  Cluster_LbPolicy,
  ClusterSchema,
} from '@isthmus/envoy-api/envoy/config/cluster/v3/cluster'
import type { ConnectionPool, Finding, Service, ServicePort } from '../model/index.ts'
import { socketAddress } from './address.ts'
import { circuitBreakers } from './circuit-breakers.ts'
import type { ClusterDecision } from './cluster-decision.ts'
import { clusterKind } from './cluster-kind.ts'
import { ads } from './config-source.ts'
import { duration } from './duration.ts'
import { assignment } from './endpoint.ts'
import { loadBalancing } from './load-balancing.ts'
import { outboundCluster, shortName } from './names.ts'
import { outlierDetection } from './outlier-detection.ts'
import { protocolOptions } from './protocol-options.ts'
import type { Scope } from './scope.ts'
import { type Init, resource, type TranslatedResource } from './translated.ts'
import { upstreamBind } from './upstream-bind.ts'
import { upstreamTls } from './upstream-tls.ts'

type ClusterInit = Init<typeof ClusterSchema>

/** Istio's connect timeout and DNS refresh where nobody says otherwise. */
export const connectTimeoutMs = 10_000
const dnsRefreshMs = 60_000

export interface OutboundCluster {
  readonly cluster: TranslatedResource<typeof ClusterSchema>
  readonly secrets: readonly TranslatedResource[]
  /** What the regional decision behind it found. */
  readonly findings: readonly Finding[]
}

/** The cluster of one port of a service, or of one subset of it. */
export function outboundServiceCluster(
  scope: Scope,
  service: Service,
  port: ServicePort,
  subset: string | undefined,
): OutboundCluster {
  const { view, mesh } = scope
  const name = outboundCluster(service.hostname, port.number, subset)
  const policy = scope.policy(service, port.number, subset)
  const decision: ClusterDecision = scope.decision(service, port.number, subset)
  const pool = policy?.connectionPool
  const tls = upstreamTls(policy?.tls, port.protocol, mesh, view.namespace)
  const cluster = resource(
    ClusterSchema,
    name,
    {
      name,
      ...discovery(scope, service, port, subset, name),
      connectTimeout: duration(pool?.tcp?.connectTimeoutMs ?? decision.connectTimeoutMs ?? connectTimeoutMs),
      circuitBreakers: circuitBreakers(pool, decision.retry),
      outlierDetection: decision.outlierDetection && outlierDetection(decision.outlierDetection),
      typedExtensionProtocolOptions: protocolOptions(port.protocol, pool, tls.autoSni),
      upstreamConnectionOptions: keepalive(pool),
      upstreamBindConfig: upstreamBind(view, 'outbound'),
      transportSocket: tls.transportSocket,
      metadata: metadata(service, port, subset),
    },
    [...service.origins, ...(scope.rule(service)?.origins ?? []), ...(decision.decidedBy ? [decision.decidedBy] : [])],
  )
  return { cluster, secrets: tls.secrets, findings: decision.findings }
}

function discovery(
  scope: Scope,
  service: Service,
  port: ServicePort,
  subset: string | undefined,
  name: string,
): ClusterInit {
  const policy = scope.policy(service, port.number, subset)
  const decision: ClusterDecision = scope.decision(service, port.number, subset)
  const balancing = () => loadBalancing(policy?.loadBalancer, decision)
  switch (clusterKind(scope.view, service, port, policy)) {
    case 'eds':
      return {
        clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.EDS },
        edsClusterConfig: { edsConfig: ads(), serviceName: name },
        ...balancing(),
      }
    case 'dns':
      return {
        clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.STRICT_DNS },
        dnsLookupFamily: Cluster_DnsLookupFamily.V4_ONLY,
        dnsRefreshRate: duration(dnsRefreshMs),
        respectDnsTtl: true,
        loadAssignment: dnsAssignment(scope, service, port, subset),
        ...balancing(),
      }
    case 'originalDst': {
      const { commonLbConfig } = balancing()
      return {
        clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.ORIGINAL_DST },
        lbPolicy: Cluster_LbPolicy.CLUSTER_PROVIDED,
        commonLbConfig: { updateMergeWindow: commonLbConfig?.updateMergeWindow },
      }
    }
  }
}

/** Names to resolve; a service without endpoints of its own is its own name (ServiceEntry, resolution DNS). */
function dnsAssignment(scope: Scope, service: Service, port: ServicePort, subset: string | undefined) {
  const init = assignment(scope, service, port, subset)
  const written = scope.mesh.endpoints.get(service.hostname) ?? []
  if (written.length > 0 || service.hostname.startsWith('*')) return init
  return {
    ...init,
    endpoints: [
      {
        lbEndpoints: [
          {
            hostIdentifier: {
              case: 'endpoint' as const,
              value: { address: socketAddress(service.hostname, port.number) },
            },
          },
        ],
      },
    ],
  }
}

function keepalive(pool: ConnectionPool | undefined): ClusterInit['upstreamConnectionOptions'] {
  const k = pool?.tcp?.tcpKeepalive
  if (!k) return undefined
  const seconds = (ms: number | undefined) => (ms === undefined ? undefined : Math.max(1, Math.round(ms / 1000)))
  return {
    tcpKeepalive: {
      keepaliveProbes: k.probes,
      keepaliveTime: seconds(k.timeMs),
      keepaliveInterval: seconds(k.intervalMs),
    },
  }
}

/** Istio's metadata of a cluster: which service it is, for telemetry and for people. */
function metadata(service: Service, port: ServicePort, subset: string | undefined): ClusterInit['metadata'] {
  return {
    filterMetadata: {
      istio: {
        ...(subset ? { subset } : {}),
        default_original_port: port.number,
        services: [{ host: service.hostname, name: shortName(service), namespace: service.namespace }],
      },
    },
  }
}
