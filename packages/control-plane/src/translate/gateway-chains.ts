import type { RouteConfigurationSchema } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import { downstreamTls } from './downstream-tls.ts'
import { type ChainInit, serverNames } from './filter-chain.ts'
import { commonHosts, type ServerGroup, serverHosts, type ViewServer } from './gateway-servers.ts'
import { httpConnectionManager } from './http-connection-manager.ts'
import { gatewayHttpRoute, gatewayHttpsRoute, listenerName } from './names.ts'
import { countsSentRequests } from './request-metrics.ts'
import { gatewayRoute } from './route-gateway.ts'
import type { Scope } from './scope.ts'
import { l4Chains } from './tcp-chains.ts'
import type { TranslatedResource } from './translated.ts'
import { virtualServicesFor } from './virtual-services.ts'

export interface GatewayChains {
  readonly chains: readonly ChainInit[]
  readonly routes: readonly TranslatedResource<typeof RouteConfigurationSchema>[]
  readonly secrets: readonly TranslatedResource[]
}

/** Filter chains of one port of a gateway. All plaintext HTTP servers share one; each TLS server has its own, found by SNI. */
export function gatewayChains(scope: Scope, group: ServerGroup): GatewayChains {
  const http = group.servers.filter(s => s.kind === 'http')
  if (http.length > 0) {
    const name = gatewayHttpRoute(group.port)
    return {
      chains: [{ filters: [manager(scope, group, name)] }],
      routes: [gatewayRoute(scope, name, group.port, http)],
      secrets: [],
    }
  }
  const parts = group.servers.map(s => serverChains(scope, group, s))
  return {
    chains: parts.flatMap(p => p.chains),
    routes: parts.flatMap(p => p.routes),
    secrets: parts.flatMap(p => p.secrets),
  }
}

function serverChains(scope: Scope, group: ServerGroup, s: ViewServer): GatewayChains {
  switch (s.kind) {
    case 'https':
      return httpsChains(scope, group, s)
    case 'tls': {
      const tls = downstreamTls(scope.mesh, scope.view.namespace, s.server.tls, false)
      if (!tls) return nothing
      const names = serverNames(serverHosts(s.server))
      const chains = tcpChains(scope, group, s, 'tcp').map(chain => ({
        ...chain,
        filterChainMatch: names.length > 0 ? { ...chain.filterChainMatch, serverNames: names } : chain.filterChainMatch,
        transportSocket: tls.transportSocket,
      }))
      return { chains, routes: [], secrets: tls.secrets }
    }
    case 'passthrough':
      return { chains: tcpChains(scope, group, s, 'tls'), routes: [], secrets: [] }
    default:
      return { chains: tcpChains(scope, group, s, 'tcp'), routes: [], secrets: [] }
  }
}

const nothing: GatewayChains = { chains: [], routes: [], secrets: [] }

function httpsChains(scope: Scope, group: ServerGroup, s: ViewServer): GatewayChains {
  const tls = downstreamTls(scope.mesh, scope.view.namespace, s.server.tls, true)
  if (!tls) return nothing
  const { gateway, server } = s
  const name = gatewayHttpsRoute(group.port, server.port.name, gateway.name, gateway.namespace)
  // Istio wants port names of a Gateway to differ; where they do not, the servers share what is named after them.
  const sameRoute = group.servers.filter(
    o => o.kind === 'https' && o.gateway === gateway && o.server.port.name === server.port.name,
  )
  const names = serverNames(serverHosts(server))
  return {
    chains: [
      {
        filterChainMatch: names.length > 0 ? { serverNames: names } : undefined,
        filters: [manager(scope, group, name)],
        transportSocket: tls.transportSocket,
      },
    ],
    routes: [gatewayRoute(scope, name, group.port, sameRoute)],
    secrets: tls.secrets,
  }
}

/** Chains of the tcp or tls routes of VirtualServices bound to the server. */
function tcpChains(scope: Scope, group: ServerGroup, s: ViewServer, kind: 'tcp' | 'tls'): ChainInit[] {
  const place = { gateways: [s.gatewayName], port: group.port }
  return virtualServicesFor(scope.mesh, s.gatewayName, scope.view.namespace)
    .filter(vs => commonHosts(s, vs.namespace, vs.hosts).length > 0)
    .flatMap(vs => vs[kind])
    .flatMap(route => l4Chains(scope, route, place, {}))
}

function manager({ mesh }: Scope, group: ServerGroup, routes: string) {
  return httpConnectionManager({
    place: 'gateway',
    statPrefix: `outbound_${listenerName(group.address, group.port)}`,
    routes,
    ...(countsSentRequests('gateway', mesh.config) && { metrics: { at: 'gateway' } }),
  })
}
