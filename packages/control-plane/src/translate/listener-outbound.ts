import { TrafficDirection } from '@isthmus/envoy-api/envoy/config/core/v3/base'
import { ListenerSchema } from '@isthmus/envoy-api/envoy/config/listener/v3/listener'
import { type MeshConfig, type Origin, proxyListenerPorts, type Service, type SidecarView } from '../model/index.ts'
import { socketAddress } from './address.ts'
import { duration } from './duration.ts'
import { type ChainInit, httpInspector, plaintextHttp, tlsInspector, withoutTakenMatches } from './filter-chain.ts'
import { httpConnectionManager } from './http-connection-manager.ts'
import { httpPlaces, type OwnPlace } from './http-places.ts'
import { unknownDestination } from './listener-virtual.ts'
import { listenerName, passthroughCluster, virtualHostName } from './names.ts'
import { isHttp } from './protocol.ts'
import type { Scope } from './scope.ts'
import { portsOf, virtualAddresses } from './services.ts'
import { outboundTcpChains } from './tcp-chains.ts'
import { tcpProxy } from './tcp-proxy.ts'
import { resource, type TranslatedResource } from './translated.ts'

const anywhere = '0.0.0.0'

/** What shares one address and port before it becomes a listener. */
interface Binding {
  readonly address: string
  readonly port: number
  /** The route configuration of its HTTP, where it has any. */
  routes?: string
  readonly chains: ChainInit[]
  readonly origins: Origin[]
}

/**
 * A sidecar's outbound listeners: one for each address and port of a service (`172.16.3.4_9080`), and one a port for all that is
 * called elsewhere (`0.0.0.0_9080`), where HTTP's Host header says which service is meant. None is bound unless there is no
 * redirection: `virtualOutbound` hands connections to them.
 */
export function outboundListeners(scope: Scope, view: SidecarView): TranslatedResource[] {
  const wildcard = view.redirect === 'none' ? '127.0.0.1' : anywhere
  const bindings = new Map<string, Binding>()
  const at = (address: string, port: number): Binding => {
    const name = listenerName(address, port)
    let binding = bindings.get(name)
    if (!binding) {
      binding = { address, port, chains: [], origins: [] }
      bindings.set(name, binding)
    }
    return binding
  }
  const { byHost, byAddress } = httpPlaces(scope)
  for (const [port, services] of byHost) {
    const binding = at(wildcard, port)
    binding.routes = String(port)
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
  const shared = [...bindings.entries()]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, binding]) => listener(name, binding, scope.mesh.config, view.redirect === 'none'))
  return [...shared, ...ownListeners(byAddress, scope.mesh.config)]
}

const own = new WeakMap<Service, Map<string, TranslatedResource<typeof ListenerSchema>>>()
const ownOf = new WeakMap<readonly OwnPlace[], WeakMap<MeshConfig, readonly TranslatedResource[]>>()

/** The same for every view that has them, and as long as the services are the same. */
function ownListeners(places: readonly OwnPlace[], config: MeshConfig): readonly TranslatedResource[] {
  const byConfig = ownOf.get(places) ?? new WeakMap<MeshConfig, readonly TranslatedResource[]>()
  ownOf.set(places, byConfig)
  const known = byConfig.get(config)
  if (known) return known
  const made = places.flatMap(place => place.addresses.map(address => ownListener(place, address, config)))
  byConfig.set(config, made)
  return made
}

function ownListener({ service, port }: OwnPlace, address: string, config: MeshConfig) {
  const made = own.get(service) ?? new Map<string, TranslatedResource<typeof ListenerSchema>>()
  own.set(service, made)
  const name = listenerName(address, port.number)
  const key = `${name} ${config.outboundTrafficPolicy}`
  const known = made.get(key)
  if (known) return known
  const routes = virtualHostName(service.hostname, port.number)
  const binding = { address, port: port.number, routes, chains: [], origins: [...service.origins] }
  const fresh = listener(name, binding, config, false)
  made.set(key, fresh)
  return fresh
}

/** Where a TCP service is caught: at its addresses, else at any. Ranges of addresses are conditions of the wildcard's chains. */
function bindAddresses(service: Service, view: SidecarView, wildcard: string): readonly [string, string | undefined][] {
  const all = service.resolution === 'headless' ? [] : virtualAddresses(service, view.cluster)
  if (all.length === 0 || view.redirect === 'none') return [[wildcard, undefined]]
  return all.map(address => (address.includes('/') ? [wildcard, address] : [address, undefined]))
}

function listener(name: string, b: Binding, config: MeshConfig, bound: boolean) {
  const chains = withoutTakenMatches([...(b.routes ? [httpChain(b, b.routes, bound)] : []), ...b.chains])
  const catchAll = chains.find(isCatchAll)
  const others = chains.filter(chain => chain !== catchAll)
  const fallback = bound || !(b.routes || b.address === anywhere) ? undefined : unknownChain(config)
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
      listenerFilters: [...(tls || http ? [tlsInspector] : []), ...(http ? [httpInspector] : [])],
      // A pooled connection may be quiet for long before its first byte; guessing TCP then would lose its routes (Istio's).
      listenerFiltersTimeout: tls || http ? duration(0) : undefined,
      continueOnListenerFiltersTimeout: tls || http,
    },
    b.origins,
  )
}

function httpChain(b: Binding, routes: string, bound: boolean): ChainInit {
  return {
    filterChainMatch: bound ? undefined : plaintextHttp,
    filters: [
      httpConnectionManager({
        place: 'outbound',
        // One set of statistics a port: one for each of a thousand services would be most of a proxy's memory.
        statPrefix: `outbound_${listenerName(bound ? b.address : anywhere, b.port)}`,
        routes,
        grpcWeb: false,
      }),
    ],
  }
}

/** What is not HTTP on an HTTP port goes where it was going, or nowhere. */
function unknownChain(config: MeshConfig): ChainInit {
  const cluster = unknownDestination(config)
  let chain = unknownChains.get(cluster)
  if (!chain) {
    const name = cluster === passthroughCluster ? 'PassthroughFilterChain' : 'BlackHoleFilterChain'
    chain = { name, filters: [tcpProxy(cluster)] }
    unknownChains.set(cluster, chain)
  }
  return chain
}

const unknownChains = new Map<string, ChainInit>()

function isCatchAll(chain: ChainInit): boolean {
  const m = chain.filterChainMatch
  return !m || [m.serverNames, m.prefixRanges, m.applicationProtocols].every(list => !list?.length)
}
