import { proxyListenerPorts, type Service, type ServicePort } from '../model/index.ts'
import { Memory } from './memory.ts'
import { listenerName } from './names.ts'
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

const memory = new Memory<HttpPlaces>()

/** What uses a port of the proxy's own is in neither: it is passed through. The same object while the services are the same. */
export function httpPlaces(scope: Scope): HttpPlaces {
  const aliased = aliasedHosts(scope)
  const key = [...aliased].sort().join()
  return memory.recall(scope.view, scope.services(), [key], () => placesOf(scope, aliased))
}

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
      const alone = addresses.every(a => !a.includes('/') && claims.get(listenerName(a, port.number)) === 1)
      if (addresses.length > 0 && alone && !aliased.has(service.hostname)) byAddress.push({ service, port, addresses })
      else list.push([service, port])
    }
  }
  return { byHost: new Map([...byHost].sort(([a], [b]) => a - b)), byAddress }
}

/** Without redirection nobody arrives at a service's address: the application calls the sidecar's own ports. */
function dialled({ view }: Scope, service: Service): readonly string[] {
  if (view.kind !== 'sidecar' || view.redirect === 'none' || service.resolution === 'headless') return []
  return virtualAddresses(service, view.cluster)
}

/** How many services, of any protocol, have an address and port. */
function claimsOf(scope: Scope): ReadonlyMap<string, number> {
  const claims = new Map<string, number>()
  for (const service of scope.services()) {
    const addresses = dialled(scope, service)
    for (const { number } of portsOf(service))
      for (const address of addresses) {
        const name = listenerName(address, number)
        claims.set(name, (claims.get(name) ?? 0) + 1)
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
