import { TrafficDirection } from '@isthmus/envoy-api/envoy/config/core/v3/base'
import { ListenerSchema } from '@isthmus/envoy-api/envoy/config/listener/v3/listener'
import { type Origin, proxyListenerPorts, type Service, type SidecarView } from '../model/index.ts'
import { socketAddress } from './address.ts'
import { duration } from './duration.ts'
import { type ChainInit, httpInspector, plaintextHttp, tlsInspector, withoutTakenMatches } from './filter-chain.ts'
import { httpConnectionManager } from './http-connection-manager.ts'
import { unknownDestination } from './listener-virtual.ts'
import { listenerName, passthroughCluster } from './names.ts'
import { isHttp } from './protocol.ts'
import { httpPorts } from './route-outbound.ts'
import type { Scope } from './scope.ts'
import { portsOf, virtualAddresses } from './services.ts'
import { outboundTcpChains } from './tcp-chains.ts'
import { tcpProxy } from './tcp-proxy.ts'
import { resource, type TranslatedResource } from './translated.ts'

/** What shares one address and port before it becomes a listener. */
interface Binding {
  readonly address: string
  readonly port: number
  http: boolean
  readonly chains: ChainInit[]
  readonly origins: Origin[]
}

/**
 * A sidecar's outbound listeners: one a port for all HTTP services (`0.0.0.0_9080`), where the Host header says which is
 * meant, and one a virtual address for the others (`172.16.3.4_3306`). None is bound unless there is no redirection:
 * `virtualOutbound` hands connections to them.
 */
export function outboundListeners(scope: Scope, view: SidecarView): TranslatedResource<typeof ListenerSchema>[] {
  const wildcard = view.redirect === 'none' ? '127.0.0.1' : '0.0.0.0'
  const bindings = new Map<string, Binding>()
  const at = (address: string, port: number): Binding => {
    const name = listenerName(address, port)
    let binding = bindings.get(name)
    if (!binding) {
      binding = { address, port, http: false, chains: [], origins: [] }
      bindings.set(name, binding)
    }
    return binding
  }
  for (const [port, services] of httpPorts(scope)) {
    const binding = at(wildcard, port)
    binding.http = true
    for (const [service] of services) binding.origins.push(...service.origins)
  }
  for (const service of scope.services()) {
    for (const port of portsOf(service)) {
      if (isHttp(port.protocol)) continue
      for (const [address, ownAddress] of bindAddresses(service, view, wildcard)) {
        if (address === wildcard && proxyListenerPorts.has(port.number)) continue
        const binding = at(address, port.number)
        const { chains, origins } = outboundTcpChains(scope, service, port, ownAddress)
        binding.chains.push(...chains)
        binding.origins.push(...service.origins, ...origins)
      }
    }
  }
  return [...bindings.entries()]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, binding]) => listener(name, binding, scope, view, binding.address === wildcard))
}

/** Where a TCP service is caught: at its addresses, else at any. Ranges of addresses are conditions of the wildcard's chains. */
function bindAddresses(service: Service, view: SidecarView, wildcard: string): readonly [string, string | undefined][] {
  const all = service.resolution === 'headless' ? [] : virtualAddresses(service, view.cluster)
  if (all.length === 0 || view.redirect === 'none') return [[wildcard, undefined]]
  return all.map(address => (address.includes('/') ? [wildcard, address] : [address, undefined]))
}

function listener(name: string, b: Binding, scope: Scope, view: SidecarView, wildcard: boolean) {
  const bound = view.redirect === 'none'
  const chains = withoutTakenMatches([...(b.http ? [httpChain(b, bound)] : []), ...b.chains])
  const catchAll = chains.find(isCatchAll)
  const others = chains.filter(chain => chain !== catchAll)
  const fallback = bound || !wildcard ? undefined : unknownChain(scope)
  const tls = others.some(c => (c.filterChainMatch?.serverNames?.length ?? 0) > 0)
  const http = others.some(c => (c.filterChainMatch?.applicationProtocols?.length ?? 0) > 0)
  return resource(
    ListenerSchema,
    name,
    {
      name,
      address: socketAddress(b.address, b.port),
      bindToPort: bound,
      trafficDirection: TrafficDirection.OUTBOUND,
      filterChains: others.length > 0 ? others : catchAll ? [catchAll] : [],
      defaultFilterChain: others.length > 0 ? (catchAll ?? fallback) : undefined,
      listenerFilters: [...(tls || http ? [tlsInspector()] : []), ...(http ? [httpInspector()] : [])],
      // A pooled connection may be quiet for long before its first byte; guessing TCP then would lose its routes (Istio's).
      listenerFiltersTimeout: tls || http ? duration(0) : undefined,
      continueOnListenerFiltersTimeout: tls || http,
    },
    b.origins,
  )
}

function httpChain(b: Binding, bound: boolean): ChainInit {
  return {
    filterChainMatch: bound ? undefined : plaintextHttp,
    filters: [
      httpConnectionManager({
        place: 'outbound',
        statPrefix: `outbound_${listenerName(b.address, b.port)}`,
        routes: String(b.port),
        grpcWeb: false,
      }),
    ],
  }
}

/** What is not HTTP on an HTTP port goes where it was going, or nowhere. */
function unknownChain(scope: Scope): ChainInit {
  const cluster = unknownDestination(scope.mesh.config)
  return {
    name: cluster === passthroughCluster ? 'PassthroughFilterChain' : 'BlackHoleFilterChain',
    filters: [tcpProxy(cluster)],
  }
}

function isCatchAll(chain: ChainInit): boolean {
  const m = chain.filterChainMatch
  return !m || [m.serverNames, m.prefixRanges, m.applicationProtocols].every(list => !list?.length)
}
