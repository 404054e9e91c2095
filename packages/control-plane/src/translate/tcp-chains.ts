import type { L4Match, L4Route, Origin, Service, ServicePort } from '../model/index.ts'
import { type ChainInit, type ChainMatch, cidr, serverNames } from './filter-chain.ts'
import { outboundCluster } from './names.ts'
import { isTls } from './protocol.ts'
import { applies, type RoutePlace } from './route-match.ts'
import type { Scope } from './scope.ts'
import { tcpProxy, tcpRoute } from './tcp-proxy.ts'
import { meshVirtualServices } from './virtual-services.ts'

export interface TcpChains {
  readonly chains: readonly ChainInit[]
  readonly origins: readonly Origin[]
}

/** Filter chains of a service port that is not HTTP: its VirtualService's tls and tcp routes, else its own cluster. */
export function outboundTcpChains(
  scope: Scope,
  service: Service,
  port: ServicePort,
  range: string | undefined,
): TcpChains {
  const vs = meshVirtualServices(scope).find(service.hostname)
  const place = { gateways: ['mesh'], port: port.number }
  const tls = isTls(port.protocol)
  const withoutAddress = range === undefined && scope.view.kind === 'sidecar'
  const own: ChainMatch = range === undefined ? {} : { prefixRanges: [cidr(range)] }
  const chains: ChainInit[] = []
  if (vs && tls) {
    for (const route of vs.tls) chains.push(...l4Chains(scope, route, place, own))
  }
  if (vs && chains.length === 0) {
    for (const route of vs.tcp) chains.push(...l4Chains(scope, route, place, own))
  }
  const routed = chains.length > 0
  const cluster = outboundCluster(service.hostname, port.number)
  const pool = scope.policy(service, port.number)?.connectionPool
  const shared = withoutAddress && tls && !hasAddress(scope, service)
  if (!chains.some(chain => isUnconditional(chain, own)))
    chains.push({
      filterChainMatch: shared ? { ...own, serverNames: serverNames([service.hostname]) } : matchOf(own),
      filters: [tcpProxy(cluster, pool)],
    })
  return { chains, origins: routed && vs ? [vs.origin] : [] }
}

/** Filter chains of a tcp or tls route at one place; what is not for it leaves nothing. */
export function l4Chains(scope: Scope, route: L4Route, place: RoutePlace, own: ChainMatch): ChainInit[] {
  const matches: readonly (L4Match | undefined)[] = route.match.length > 0 ? route.match : [undefined]
  return matches.flatMap(match => {
    if (match && !applies(match, scope.view, place)) return []
    const names = serverNames(match?.sniHosts ?? [])
    const subnets = match?.destinationSubnets ?? []
    return [
      {
        filterChainMatch: matchOf({
          ...own,
          ...(subnets.length > 0 ? { prefixRanges: subnets.map(cidr) } : {}),
          ...(names.length > 0 ? { serverNames: names } : {}),
        }),
        filters: [tcpRoute(scope, route.route, place.port)],
      },
    ]
  })
}

function matchOf(match: ChainMatch): ChainMatch | undefined {
  return Object.keys(match).length > 0 ? match : undefined
}

function isUnconditional(chain: ChainInit, own: ChainMatch): boolean {
  return JSON.stringify(chain.filterChainMatch ?? {}) === JSON.stringify(own)
}

function hasAddress(scope: Scope, service: Service): boolean {
  if (scope.view.kind === 'sidecar' && scope.view.redirect === 'none') return false
  return (service.addresses.get(scope.view.cluster)?.length ?? 0) + (service.addresses.get('')?.length ?? 0) > 0
}
