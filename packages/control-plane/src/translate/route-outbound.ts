import { RouteConfigurationSchema } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import type { Origin, Service, ServicePort } from '../model/index.ts'
import { httpPlaces } from './http-places.ts'
import { virtualHostName } from './names.ts'
import { defaultRoutes, type RouteContext, virtualServiceRoutes } from './route.ts'
import { serviceRoutes } from './route-service.ts'
import type { Scope } from './scope.ts'
import { resource, type TranslatedResource } from './translated.ts'
import { domainsOf, fallbackHost, type VirtualHostInit, withoutTakenDomains } from './virtual-host.ts'
import { meshVirtualServices } from './virtual-services.ts'

/**
 * A sidecar's route configurations: one a port, named by its number, with a virtual host for each service that only the Host
 * header tells, and one for each service that has addresses of its own.
 */
export function outboundRoutes(scope: Scope): TranslatedResource<typeof RouteConfigurationSchema>[] {
  const { byHost, byAddress } = httpPlaces(scope)
  return [
    ...[...byHost].map(([port, services]) => outboundRoute(scope, port, services)),
    ...serviceRoutes(scope, byAddress),
  ]
}

function outboundRoute(scope: Scope, port: number, services: readonly [Service, ServicePort][]) {
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
  for (const [host, vs] of rules.hosts) {
    if (host === '*' || vs.http.length === 0 || mesh.services.has(host)) continue
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
