import { RouteConfigurationSchema } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import { type Origin, proxyListenerPorts, type Service, type ServicePort } from '../model/index.ts'
import { virtualHostName } from './names.ts'
import { isHttp } from './protocol.ts'
import { defaultRoutes, type RouteContext, virtualServiceRoutes } from './route.ts'
import type { Scope } from './scope.ts'
import { portsOf } from './services.ts'
import { resource, type TranslatedResource } from './translated.ts'
import { domainsOf, fallbackHost, type VirtualHostInit, withoutTakenDomains } from './virtual-host.ts'
import { meshVirtualServices } from './virtual-services.ts'

/** Services by the number of an HTTP port of theirs; ports in order. What uses a port of the proxy's own is passed through. */
export function httpPorts(scope: Scope): ReadonlyMap<number, readonly [Service, ServicePort][]> {
  const byPort = new Map<number, [Service, ServicePort][]>()
  for (const service of scope.services()) {
    for (const port of portsOf(service)) {
      if (!isHttp(port.protocol) || proxyListenerPorts.has(port.number)) continue
      const list = byPort.get(port.number)
      if (!list) byPort.set(port.number, [[service, port]])
      else list.push([service, port])
    }
  }
  return new Map([...byPort].sort(([a], [b]) => a - b))
}

/** A sidecar's route configurations: one a port, named by its number, with a virtual host a service. */
export function outboundRoutes(scope: Scope): TranslatedResource<typeof RouteConfigurationSchema>[] {
  return [...httpPorts(scope)].map(([port, services]) => outboundRoute(scope, port, services))
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
