import { PerPiece, type Pieces } from '../collections/index.ts'
import { type ProxyView, proxyListenerPorts, type Service, type ServicePort } from '../model/index.ts'
import { type Claims, claimOf, claimsOf } from './claims.ts'
import { isHttp } from './protocol.ts'
import type { Scope } from './scope.ts'
import { portsOf, virtualAddresses } from './services.ts'

/** An HTTP port of a service that is called at addresses of its own: the address says which service is meant. */
export interface OwnPlace {
  readonly service: Service
  readonly port: ServicePort
  readonly addresses: readonly string[]
}

type HostPlace = readonly [Service, ServicePort]

/** Where a sidecar's application calls HTTP services, and how they are told apart there. */
export interface HttpPlaces {
  /**
   * Every number of an HTTP port, in order, with the services that only the Host header tells apart on it. The same map as long
   * as it holds the same.
   */
  readonly byHost: ReadonlyMap<number, readonly HostPlace[]>
  readonly byAddress: Pieces<OwnPlace>
}

interface PiecePlaces {
  readonly ports: readonly number[]
  readonly byHost: readonly HostPlace[]
  readonly byAddress: readonly OwnPlace[]
}

interface Known extends HttpPlaces {
  readonly key: string
  readonly claims: Claims
  readonly pieces: ReadonlyMap<readonly Service[], PiecePlaces>
}

const memory = new WeakMap<Pieces<Service>, Map<string, Known>>()
const lastOf = new WeakMap<ProxyView, Known>()

/**
 * What uses a port of the proxy's own is in neither: it is passed through. The same object while the services are the same, for
 * all views that see the same services from the same cluster.
 */
export function httpPlaces(scope: Scope): HttpPlaces {
  const services = scope.services()
  const aliased = aliasedHosts(scope)
  const { kind, cluster } = scope.view
  const redirect = scope.view.kind === 'sidecar' ? scope.view.redirect : ''
  const key = [kind, cluster, redirect, ...[...aliased].sort()].join('\n')
  let known = memory.get(services)
  if (!known) {
    known = new Map()
    memory.set(services, known)
  }
  let places = known.get(key)
  if (!places) {
    const last = lastOf.get(scope.view)
    places = placesOf(scope, key, aliased, last?.key === key ? last : undefined)
    if (known.size >= placesKept) known.clear()
    known.set(key, places)
  }
  lastOf.set(scope.view, places)
  return places
}

/** For one list of services: of so many clusters and ways of redirection. */
const placesKept = 32

function placesOf(scope: Scope, key: string, aliased: ReadonlySet<string>, last: Known | undefined): Known {
  const services = scope.services()
  const claims = claimsOf(services, service => dialled(scope, service), last?.claims)
  const stand = last?.claims.contested === claims.contested ? last.pieces : undefined
  const pieces = new Map(
    services.map(piece => [piece, stand?.get(piece) ?? piecePlaces(scope, piece, claims.contested, aliased)]),
  )
  const places = [...pieces.values()]
  const byHost = hostPlaces(places)
  return {
    ...{ key, claims, pieces },
    byHost: last && sameHosts(last.byHost, byHost) ? last.byHost : byHost,
    byAddress: places.map(piece => piece.byAddress),
  }
}

function piecePlaces(
  scope: Scope,
  services: readonly Service[],
  contested: ReadonlySet<string>,
  aliased: ReadonlySet<string>,
): PiecePlaces {
  const ports = new Set<number>()
  const byHost: HostPlace[] = []
  const byAddress: OwnPlace[] = []
  for (const service of services) {
    const addresses = dialled(scope, service)
    for (const port of portsOf(service)) {
      if (!isHttp(port.protocol) || proxyListenerPorts.has(port.number)) continue
      ports.add(port.number)
      const alone = addresses.every(a => !a.includes('/') && !contested.has(claimOf(port.number, a)))
      if (addresses.length > 0 && alone && !aliased.has(service.hostname))
        byAddress.push(ownPlace(service, port, addresses))
      else byHost.push([service, port])
    }
  }
  return { ports: [...ports], byHost, byAddress }
}

function hostPlaces(pieces: readonly PiecePlaces[]): ReadonlyMap<number, readonly HostPlace[]> {
  const ports = new Set(pieces.flatMap(piece => piece.ports))
  const byHost = new Map([...ports].sort((a, b) => a - b).map(port => [port, [] as HostPlace[]]))
  for (const piece of pieces) for (const place of piece.byHost) byHost.get(place[1].number)!.push(place)
  return byHost
}

function sameHosts(a: HttpPlaces['byHost'], b: HttpPlaces['byHost']): boolean {
  if (a.size !== b.size) return false
  for (const [port, places] of a) {
    const others = b.get(port)
    if (others?.length !== places.length) return false
    if (!places.every(([service, port], i) => service === others[i]![0] && port === others[i]![1])) return false
  }
  return true
}

const ownPlaces = new WeakMap<ServicePort, OwnPlace[]>()

/** The same object for the same place: what is made of it is kept by it. */
function ownPlace(service: Service, port: ServicePort, addresses: readonly string[]): OwnPlace {
  const known = ownPlaces.get(port) ?? []
  const found = known.find(p => p.service === service && sameAddresses(p.addresses, addresses))
  if (found) return found
  const made = { service, port, addresses }
  ownPlaces.set(port, [...known.slice(1 - placesKept).filter(p => p.service === service), made])
  return made
}

function sameAddresses(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((address, i) => address === b[i]))
}

/** Without redirection nobody arrives at a service's address: the application calls the sidecar's own ports. */
function dialled({ view }: Scope, service: Service): readonly string[] {
  if (view.kind !== 'sidecar' || view.redirect === 'none' || service.resolution === 'headless') return []
  return virtualAddresses(service, view.cluster)
}

/**
 * Services that another name stands for by DNS (Service of type ExternalName, ServiceEntry with resolution DNS): who calls the
 * alias arrives at the same address, and only the Host header tells.
 */
function aliasedHosts({ mesh, services }: Scope): ReadonlySet<string> {
  const hosts = new Set<string>()
  for (const piece of services())
    for (const hostname of resolvedIn.of(piece, dnsHosts))
      for (const { address } of mesh.endpoints.get(hostname) ?? []) hosts.add(address)
  return hosts
}

const resolvedIn = new PerPiece<Service, readonly string[]>()

function dnsHosts(services: readonly Service[]): readonly string[] {
  return services.filter(({ resolution }) => resolution === 'dns').map(({ hostname }) => hostname)
}
