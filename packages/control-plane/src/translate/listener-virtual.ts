import { TrafficDirection } from '@isthmus/envoy-api/envoy/config/core/v3/base'
import { ListenerSchema } from '@isthmus/envoy-api/envoy/config/listener/v3/listener'
import type { InboundPort, MeshConfig, SidecarView } from '../model/index.ts'
import { socketAddress } from './address.ts'
import { duration } from './duration.ts'
import { type ChainInit, originalDst, withoutTakenMatches } from './filter-chain.ts'
import { httpConnectionManager } from './http-connection-manager.ts'
import {
  blackHoleCluster,
  inboundCluster,
  inboundPassthroughCluster,
  passthroughCluster,
  ports,
  virtualInbound,
  virtualOutbound,
} from './names.ts'
import { isHttp, isUdp } from './protocol.ts'
import { tcpProxy } from './tcp-proxy.ts'
import { resource, type TranslatedResource } from './translated.ts'

/** Where redirected outbound connections arrive: each is handed to the listener of its original destination, or passed on. */
export function virtualOutboundListener(config: MeshConfig): TranslatedResource<typeof ListenerSchema> {
  return resource(
    ListenerSchema,
    virtualOutbound,
    {
      name: virtualOutbound,
      address: socketAddress('0.0.0.0', ports.outbound),
      trafficDirection: TrafficDirection.OUTBOUND,
      useOriginalDst: true,
      filterChains: [
        // Somebody dialled the port itself: passed on it would come back for ever.
        {
          name: 'virtualOutbound-blackhole',
          filterChainMatch: { destinationPort: ports.outbound },
          filters: [tcpProxy(blackHoleCluster)],
        },
        { name: 'virtualOutbound-catchall-tcp', filters: [tcpProxy(unknownDestination(config))] },
      ],
    },
    [],
  )
}

/** Where connections go whose destination no listener of the mesh claims. */
export function unknownDestination(config: MeshConfig): string {
  return config.outboundTrafficPolicy === 'ALLOW_ANY' ? passthroughCluster : blackHoleCluster
}

/** What a pod serves: a port each, told apart by name. Several services may share one; HTTP is heard before TCP. */
export function inboundPorts(view: SidecarView): readonly InboundPort[] {
  const byTarget = new Map<number, InboundPort>()
  const order = [...view.inbound].sort(
    (a, b) =>
      a.targetPort - b.targetPort ||
      Number(isHttp(b.protocol)) - Number(isHttp(a.protocol)) ||
      (a.service < b.service ? -1 : 1),
  )
  for (const port of order) {
    if (!isUdp(port.protocol) && !byTarget.has(port.targetPort)) byTarget.set(port.targetPort, port)
  }
  return [...byTarget.values()]
}

/** Where redirected inbound connections arrive: a filter chain a port of the services, all others passed to the application as they are. */
export function virtualInboundListener(
  view: SidecarView,
  config: MeshConfig,
): TranslatedResource<typeof ListenerSchema> {
  const chains: ChainInit[] = [
    {
      name: 'virtualInbound-blackhole',
      filterChainMatch: { destinationPort: ports.inbound },
      filters: [tcpProxy(blackHoleCluster)],
    },
    ...inboundPorts(view).map(port => inboundChain(port, config)),
    { name: 'virtualInbound-catchall-tcp', filters: [tcpProxy(inboundPassthroughCluster)] },
  ]
  return resource(
    ListenerSchema,
    virtualInbound,
    {
      name: virtualInbound,
      address: socketAddress('0.0.0.0', ports.inbound),
      trafficDirection: TrafficDirection.INBOUND,
      filterChains: withoutTakenMatches(chains),
      listenerFilters: [originalDst],
    },
    [],
  )
}

function inboundChain(port: InboundPort, config: MeshConfig): ChainInit {
  const name = inboundCluster(port.targetPort)
  const filterChainMatch = { destinationPort: port.targetPort }
  if (!isHttp(port.protocol)) return { name: `0.0.0.0_${port.targetPort}`, filterChainMatch, filters: [tcpProxy(name)] }
  return {
    name: `0.0.0.0_${port.targetPort}`,
    filterChainMatch,
    filters: [
      httpConnectionManager({
        place: 'inbound',
        statPrefix: `inbound_0.0.0.0_${port.targetPort}`,
        grpcWeb: false,
        ...(config.requestMetrics !== 'none' && { metrics: { at: 'inbound', hostname: port.service } }),
        routes: {
          case: 'routeConfig',
          value: {
            name,
            validateClusters: false,
            virtualHosts: [
              {
                name: `inbound|http|${port.servicePort}`,
                domains: ['*'],
                routes: [
                  {
                    name: 'default',
                    match: { pathSpecifier: { case: 'prefix', value: '/' } },
                    decorator: { operation: `${port.service}:${port.servicePort}/*` },
                    action: {
                      case: 'route',
                      value: {
                        clusterSpecifier: { case: 'cluster', value: name },
                        timeout: duration(0),
                      },
                    },
                  },
                ],
              },
            ],
          },
        },
      }),
    ],
  }
}
