import { RouteConfigurationSchema } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import type { Pieces } from '../collections/index.ts'
import type { Origin, Service, ServicePort, VirtualService } from '../model/index.ts'
import { type HttpPlaces, httpPlaces } from './http-places.ts'
import { Memory } from './memory.ts'
import { virtualHostName } from './names.ts'
import { defaultRoutes, type RouteContext, virtualServiceRoutes } from './route.ts'
import { destinationsOf, serviceRoutes } from './route-service.ts'
import type { Scope } from './scope.ts'
import { settingsOf } from './settings.ts'
import { resource, type TranslatedResource } from './translated.ts'
import { domainsOf, fallbackHost, type VirtualHostInit, withoutTakenDomains } from './virtual-host.ts'
import { meshVirtualServices } from './virtual-services.ts'

/**
 * A sidecar's route configurations: one a port, named by its number, with a virtual host for each service that only the Host
 * header tells, and one for each service that has addresses of its own.
 */
export function outboundRoutes(scope: Scope): Pieces<Route> {
  const { byHost, byAddress } = httpPlaces(scope)
  const shared = memory.recall(scope.view, byHost, fromOf(scope, byHost), () =>
    [...byHost].map(([port, services]) => outboundRoute(scope, port, services)),
  )
  return [shared, ...serviceRoutes(scope, byAddress)]
}

type Route = TranslatedResource<typeof RouteConfigurationSchema>

const memory = new Memory<readonly Route[]>()

/** All that the ports' configurations are made from, beside the services on them. */
function fromOf(scope: Scope, byHost: HttpPlaces['byHost']): readonly unknown[] {
  const rules = meshVirtualServices(scope)
  const from: unknown[] = [settingsOf(scope.mesh)]
  const routed = (vs: VirtualService | undefined) => {
    from.push(vs)
    for (const host of vs ? destinationsOf(vs) : []) {
      const to = scope.service(host)
      from.push(to, to && scope.rule(to))
    }
  }
  for (const services of byHost.values())
    for (const [service] of services) {
      from.push(scope.rule(service))
      routed(rules.find(service.hostname))
    }
  for (const [host, vs] of rules.without(scope.mesh.services)) {
    from.push(host)
    routed(vs)
  }
  return from
}

function outboundRoute(scope: Scope, port: number, services: readonly (readonly [Service, ServicePort])[]) {
  const { view, mesh } = scope
  const rules = meshVirtualServices(scope)
  const context: RouteContext = { scope, gateways: ['mesh'], port, scheme: 'http' }
  const origins: Origin[] = []
  const hosts: VirtualHostInit[] = []
  for (const [service, servicePort] of services) {
    const vs = rules.find(service.hostname)
    const routed = vs && vs.http.length > 0
    hosts.push({
      name: virtualHostName(service.hostname, port),
      domains: domainsOf(service, view, mesh.config.domain),
      routes: routed ? virtualServiceRoutes(vs, context) : defaultRoutes(scope, service, servicePort),
      includeRequestAttemptCount: true,
    })
    if (routed) origins.push(vs.origin)
    for (const rule of scope.rule(service)?.origins ?? []) origins.push(rule)
  }
  // Hosts that only a VirtualService knows can be called on any HTTP port.
  for (const [host, vs] of rules.without(mesh.services)) {
    if (host === '*' || vs.http.length === 0) continue
    hosts.push({
      name: virtualHostName(host, port),
      domains: [host],
      routes: virtualServiceRoutes(vs, context),
      includeRequestAttemptCount: true,
    })
    origins.push(vs.origin)
  }
  hosts.push(fallbackHost(mesh.config.outboundTrafficPolicy))
  const name = String(port)
  return resource(
    RouteConfigurationSchema,
    name,
    {
      name,
      virtualHosts: withoutTakenDomains(hosts),
      validateClusters: false,
      ignorePortInHostMatching: true,
      maxDirectResponseBodySizeBytes: 1_048_576,
    },
    origins,
  )
}
