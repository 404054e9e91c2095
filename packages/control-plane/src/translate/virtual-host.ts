import type { VirtualHostSchema } from '@isthmus/envoy-api/envoy/config/route/v3/route_components'
import type { ProxyView, Service } from '../model/index.ts'
import { isIpv6 } from './address.ts'
import { duration } from './duration.ts'
import { allowAny, blockAll, passthroughCluster } from './names.ts'
import { virtualAddresses } from './services.ts'
import type { Init } from './translated.ts'

export type VirtualHostInit = Init<typeof VirtualHostSchema>

/**
 * The names a service is called by: its own, for Kubernetes' services the shorter ones that resolve in the view's namespace,
 * and its addresses in the view's cluster. Ports are left out: the route configuration ignores them in Host headers.
 */
export function domainsOf(service: Service, view: ProxyView, meshDomain: string): string[] {
  const domains = [service.hostname]
  const suffix = `.svc.${meshDomain}`
  if (service.hostname.endsWith(suffix)) {
    const short = service.hostname.slice(0, -suffix.length)
    const dot = short.lastIndexOf('.')
    const name = short.slice(0, dot)
    if (dot > 0) domains.push(`${short}.svc`, short, ...(short.slice(dot + 1) === view.namespace ? [name] : []))
  }
  for (const address of virtualAddresses(service, view.cluster)) {
    if (address.includes('/')) continue
    domains.push(isIpv6(address) ? `[${address}]` : address)
  }
  return domains
}

/** For requests to hosts that the mesh does not know. */
export function fallbackHost(policy: 'ALLOW_ANY' | 'REGISTRY_ONLY'): VirtualHostInit {
  const match = { pathSpecifier: { case: 'prefix' as const, value: '/' } }
  if (policy === 'REGISTRY_ONLY') {
    return {
      name: blockAll,
      domains: ['*'],
      routes: [{ name: blockAll, match, action: { case: 'directResponse', value: { status: 502 } } }],
    }
  }
  return {
    name: allowAny,
    domains: ['*'],
    routes: [
      {
        name: allowAny,
        match,
        action: {
          case: 'route',
          value: { clusterSpecifier: { case: 'cluster', value: passthroughCluster }, timeout: duration(0) },
        },
      },
    ],
    includeRequestAttemptCount: true,
  }
}

/** Envoy refuses a route configuration in which a domain stands twice: the first virtual host that claims it keeps it. */
export function withoutTakenDomains(hosts: readonly VirtualHostInit[]): VirtualHostInit[] {
  const taken = new Set<string>()
  return hosts.flatMap(host => {
    const domains = (host.domains ?? []).filter(domain => {
      const key = domain.toLowerCase()
      if (taken.has(key)) return false
      taken.add(key)
      return true
    })
    return domains.length > 0 ? [{ ...host, domains }] : []
  })
}
