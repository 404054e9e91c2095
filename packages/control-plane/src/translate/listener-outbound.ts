import { TrafficDirection } from '@isthmus/envoy-api/envoy/config/core/v3/base'
import { ListenerSchema } from '@isthmus/envoy-api/envoy/config/listener/v3/listener'
import { PerPiece, type Pieces } from '../collections/index.ts'
import {
  type MeshConfig,
  type Origin,
  proxyListenerPorts,
  type Service,
  type ServicePort,
  type SidecarView,
} from '../model/index.ts'
import { socketAddress } from './address.ts'
import { duration } from './duration.ts'
import { type ChainInit, httpInspector, plaintextHttp, tlsInspector, withoutTakenMatches } from './filter-chain.ts'
import { httpConnectionManager } from './http-connection-manager.ts'
import { type HttpPlaces, httpPlaces, type OwnPlace } from './http-places.ts'
import { unknownDestination } from './listener-virtual.ts'
import { Memory } from './memory.ts'
import { listenerName, passthroughCluster, virtualHostName } from './names.ts'
import { isHttp } from './protocol.ts'
import { countsSentRequests } from './request-metrics.ts'
import type { Scope } from './scope.ts'
import { portsOf, virtualAddresses } from './services.ts'
import { settingsOf } from './settings.ts'
import { outboundTcpChains } from './tcp-chains.ts'
import { tcpProxy } from './tcp-proxy.ts'
import { resource, type TranslatedResource } from './translated.ts'
import { meshVirtualServices } from './virtual-services.ts'

const anywhere = '0.0.0.0'

/** What shares one address and port before it becomes a listener. */
interface Binding {
  readonly address: string
  readonly port: number
  /** The route configuration of its HTTP, where it has any. */
  routes?: string
  /** Whose HTTP it is, where it is one service's. */
  readonly service?: Service
  readonly chains: ChainInit[]
  readonly origins: Origin[]
}

/**
 * A sidecar's outbound listeners: one for each address and port of a service (`172.16.3.4_9080`), and one a port for all that is
 * called elsewhere (`0.0.0.0_9080`), where HTTP's Host header says which service is meant. None is bound unless there is no
 * redirection: `virtualOutbound` hands connections to them.
 */
export function outboundListeners(scope: Scope, view: SidecarView): Pieces<TranslatedResource> {
  const { config } = scope.mesh
  const { byHost, byAddress } = httpPlaces(scope)
  const tcp = tcpPorts(scope)
  const from = [config, ...(tcp.length > 0 ? fromOf(scope, tcp) : [])]
  const shared = memory.recall(scope.view, byHost, from, () => sharedListeners(scope, view, byHost, tcp))
  return [shared, ...byAddress.map(places => ownListeners(places, config))]
}

const memory = new Memory<readonly TranslatedResource[]>()

type TcpPort = readonly [Service, ServicePort]

const tcpPortsOf = new PerPiece<Service, readonly TcpPort[]>()

function tcpPorts(scope: Scope): readonly TcpPort[] {
  const isTcp = ({ protocol }: ServicePort) => !isHttp(protocol)
  const ofPiece = (services: readonly Service[]) =>
    services.flatMap(service =>
      portsOf(service)
        .filter(isTcp)
        .map((port): TcpPort => [service, port]),
    )
  return scope.services().flatMap(piece => tcpPortsOf.of(piece, ofPiece))
}

/** All that the chains of TCP services are made from. */
function fromOf(scope: Scope, tcp: readonly TcpPort[]): readonly unknown[] {
  const rules = meshVirtualServices(scope)
  const from: unknown[] = [settingsOf(scope.mesh)]
  for (const [service, port] of tcp) {
    const vs = rules.find(service.hostname)
    from.push(service, port, scope.rule(service), vs)
    for (const { route } of vs ? [...vs.tls, ...vs.tcp] : [])
      for (const { destination } of route) {
        const to = scope.service(destination.host)
        from.push(to, to && scope.rule(to))
      }
  }
  return from
}

/** Listeners that several services may share: of TCP, and of HTTP that only the Host header tells apart. */
function sharedListeners(
  scope: Scope,
  view: SidecarView,
  byHost: HttpPlaces['byHost'],
  tcp: readonly TcpPort[],
): readonly TranslatedResource[] {
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
  for (const [port, services] of byHost) {
    const binding = at(wildcard, port)
    binding.routes = String(port)
    for (const [service] of services) binding.origins.push(...service.origins)
  }
  for (const [service, port] of tcp) {
    for (const [address, ownAddress] of bindAddresses(service, view, wildcard)) {
      if (address === wildcard && proxyListenerPorts.has(port.number)) continue
      const binding = at(address, port.number)
      const { chains, origins } = outboundTcpChains(scope, service, port, ownAddress)
      binding.chains.push(...chains)
      binding.origins.push(...service.origins, ...origins)
    }
  }
  return [...bindings.entries()]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, binding]) => listener(name, binding, scope.mesh.config, view.redirect === 'none'))
}

type OwnListener = TranslatedResource<typeof ListenerSchema>

const own = new WeakMap<OwnPlace, { readonly config: MeshConfig; readonly listeners: readonly OwnListener[] }>()
const ownOf = new WeakMap<readonly OwnPlace[], { readonly config: MeshConfig; readonly listeners: OwnListener[] }>()

/** The same for every view that has them, and as long as the services are the same. */
function ownListeners(places: readonly OwnPlace[], config: MeshConfig): readonly OwnListener[] {
  const known = ownOf.get(places)
  if (known?.config === config) return known.listeners
  const listeners: OwnListener[] = []
  for (const place of places) for (const one of ownListenersOf(place, config)) listeners.push(one)
  ownOf.set(places, { config, listeners })
  return listeners
}

function ownListenersOf(place: OwnPlace, config: MeshConfig): readonly OwnListener[] {
  const known = own.get(place)
  if (known?.config === config) return known.listeners
  const { service, port, addresses } = place
  const routes = virtualHostName(service.hostname, port.number)
  const listeners = addresses.map(address =>
    listener(
      listenerName(address, port.number),
      { address, port: port.number, routes, service, chains: [], origins: [...service.origins] },
      config,
      false,
    ),
  )
  own.set(place, { config, listeners })
  return listeners
}

/** Where a TCP service is caught: at its addresses, else at any. Ranges of addresses are conditions of the wildcard's chains. */
function bindAddresses(service: Service, view: SidecarView, wildcard: string): readonly [string, string | undefined][] {
  const all = service.resolution === 'headless' ? [] : virtualAddresses(service, view.cluster)
  if (all.length === 0 || view.redirect === 'none') return [[wildcard, undefined]]
  return all.map(address => (address.includes('/') ? [wildcard, address] : [address, undefined]))
}

function listener(name: string, b: Binding, config: MeshConfig, bound: boolean) {
  const chains = withoutTakenMatches([...(b.routes ? [httpChain(b, b.routes, bound, config)] : []), ...b.chains])
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
      statPrefix: bound ? '' : statPrefix(b),
      statsMatcher: b.service && !countsSentRequests('sidecar', config) ? noStatistics : undefined,
      filterChains: others.length > 0 ? others : catchAll ? [catchAll] : [],
      defaultFilterChain: others.length > 0 ? (catchAll ?? fallback) : undefined,
      // Without a chain for TLS the HTTP inspector is enough: it sees that TLS is not HTTP, and an inspector of TLS has a context.
      listenerFilters: [...(tls ? [tlsInspector] : []), ...(http ? [httpInspector] : [])],
      // A pooled connection may be quiet for long before its first byte; guessing TCP then would lose its routes (Istio's).
      listenerFiltersTimeout: tls || http ? duration(0) : undefined,
      continueOnListenerFiltersTimeout: tls || http,
    },
    b.origins,
  )
}

function httpChain(b: Binding, routes: string, bound: boolean, config: MeshConfig): ChainInit {
  return {
    filterChainMatch: bound ? undefined : plaintextHttp,
    filters: [
      httpConnectionManager({
        place: 'outbound',
        statPrefix: bound ? `outbound_${listenerName(b.address, b.port)}` : statPrefix(b),
        routes,
        grpcWeb: false,
        ...(countsSentRequests('sidecar', config) && { metrics: { at: 'outbound', service: b.service } }),
      }),
    ],
  }
}

/**
 * The listener of one service's address counts nothing of its own: its cluster does. What a statistics matcher of the whole proxy
 * refuses, Envoy remembers by name for each listener, a quarter of what a listener takes; this it need not look at.
 */
const noStatistics = { statsMatcher: { case: 'rejectAll', value: true } } as const

/** One set of statistics a port: one for each of a thousand services would be most of a proxy's memory. */
function statPrefix({ port }: Binding): string {
  return `outbound_${listenerName(anywhere, port)}`
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
