import { RouteConfigurationSchema } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import { VirtualHost_TlsRequirementType } from '@isthmus/envoy-api/envoy/config/route/v3/route_components'
import { bySpecificity, covers, type Origin } from '../model/index.ts'
import { commonHosts, serverHosts, type ViewServer } from './gateway-servers.ts'
import { virtualHostName } from './names.ts'
import { virtualServiceRoutes } from './route.ts'
import type { Scope } from './scope.ts'
import { resource, type TranslatedResource } from './translated.ts'
import { type VirtualHostInit, withoutTakenDomains } from './virtual-host.ts'
import { virtualServicesFor } from './virtual-services.ts'

/**
 * The route configuration of servers that share one: all plaintext servers of a port, or one HTTPS server. VirtualServices
 * of one host are put together, the oldest one's routes first, as Istio does at gateways.
 */
export function gatewayRoute(
  scope: Scope,
  name: string,
  port: number,
  servers: readonly ViewServer[],
): TranslatedResource<typeof RouteConfigurationSchema> {
  const hosts = new Map<string, NonNullable<VirtualHostInit['routes']>>()
  const origins: Origin[] = []
  const scheme = servers.some(s => s.kind === 'https') ? 'https' : 'http'
  for (const s of servers) {
    origins.push(s.gateway.origin)
    for (const vs of virtualServicesFor(scope.mesh, s.gatewayName, scope.view.namespace)) {
      const common = commonHosts(s, vs.namespace, vs.hosts)
      if (common.length === 0 || vs.http.length === 0) continue
      const routes = virtualServiceRoutes(vs, { scope, gateways: [s.gatewayName], port, scheme })
      for (const host of common) hosts.set(host, [...(hosts.get(host) ?? []), ...routes])
      origins.push(vs.origin)
    }
  }
  const redirecting = servers.filter(s => s.server.tls?.httpsRedirect).flatMap(s => serverHosts(s.server))
  for (const host of redirecting) if (!hosts.has(host)) hosts.set(host, [])
  const virtualHosts = [...hosts]
    .sort(([a], [b]) => bySpecificity(a, b))
    .map(
      ([host, routes]): VirtualHostInit => ({
        name: virtualHostName(host, port),
        domains: [host],
        routes,
        requireTls: redirecting.some(pattern => covers(pattern, host))
          ? VirtualHost_TlsRequirementType.ALL
          : VirtualHost_TlsRequirementType.NONE,
        includeRequestAttemptCount: true,
      }),
    )
  return resource(
    RouteConfigurationSchema,
    name,
    {
      name,
      // Nobody routes anything here yet: 404 to all, as Istio's.
      virtualHosts:
        virtualHosts.length > 0
          ? withoutTakenDomains(virtualHosts)
          : [{ name: `blackhole:${port}`, domains: ['*'], routes: [] }],
      validateClusters: false,
      ignorePortInHostMatching: true,
      maxDirectResponseBodySizeBytes: 1_048_576,
    },
    origins,
  )
}
