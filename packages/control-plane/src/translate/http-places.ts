import { proxyListenerPorts, type Service, type ServicePort } from '../model/index.ts'
import { isHttp } from './protocol.ts'
import type { Scope } from './scope.ts'
import { portsOf, virtualAddresses } from './services.ts'

/** An HTTP port of a service that is called at addresses of its own: the address says which service is meant. */
export interface OwnPlace {
  readonly service: Service
  readonly port: ServicePort
  readonly addresses: readonly string[]
}

/** Where a sidecar's application calls HTTP services, and how they are told apart there. */
export interface HttpPlaces {
  /** Every number of an HTTP port, in order, with the services that only the Host header tells apart on it. */
  readonly byHost: ReadonlyMap<number, readonly [Service, ServicePort][]>
  readonly byAddress: readonly OwnPlace[]
}

const memory = new WeakMap<readonly Service[], Map<string, HttpPlaces>>()

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
    places = placesOf(scope, aliased)
    if (known.size >= placesKept) known.clear()
    known.set(key, places)
  }
  return places
}

/** For one list of services: of so many clusters and ways of redirection. */
const placesKept = 32

function placesOf(scope: Scope, aliased: ReadonlySet<string>): HttpPlaces {
  const claims = claimsOf(scope)
  const byHost = new Map<number, [Service, ServicePort][]>()
  const byAddress: OwnPlace[] = []
  for (const service of scope.services()) {
    const addresses = dialled(scope, service)
    for (const port of portsOf(service)) {
      if (!isHttp(port.protocol) || proxyListenerPorts.has(port.number)) continue
      let list = byHost.get(port.number)
      if (!list) {
        list = []
        byHost.set(port.number, list)
      }
      const alone = addresses.every(a => !a.includes('/') && claims.get(port.number)?.get(a) === 1)
      if (addresses.length > 0 && alone && !aliased.has(service.hostname))
        byAddress.push(ownPlace(service, port, addresses))
      else list.push([service, port])
    }
  }
  return { byHost: new Map([...byHost].sort(([a], [b]) => a - b)), byAddress }
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

/** How many services, of any protocol, have an address on a port. */
function claimsOf(scope: Scope): ReadonlyMap<number, ReadonlyMap<string, number>> {
  const claims = new Map<number, Map<string, number>>()
  for (const service of scope.services()) {
    const addresses = dialled(scope, service)
    for (const { number } of portsOf(service)) {
      let onPort = claims.get(number)
      if (!onPort) {
        onPort = new Map()
        claims.set(number, onPort)
      }
      for (const address of addresses) onPort.set(address, (onPort.get(address) ?? 0) + 1)
    }
  }
  return claims
}

/**
 * Services that another name stands for by DNS (Service of type ExternalName, ServiceEntry with resolution DNS): who calls the
 * alias arrives at the same address, and only the Host header tells.
 */
function aliasedHosts({ mesh, services }: Scope): ReadonlySet<string> {
  const hosts = new Set<string>()
  for (const { resolution, hostname } of services())
    if (resolution === 'dns') for (const { address } of mesh.endpoints.get(hostname) ?? []) hosts.add(address)
  return hosts
}
