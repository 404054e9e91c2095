import type { Service, ServicePort } from '../model/index.ts'
import { type OutboundCluster, outboundServiceCluster } from './cluster.ts'
import { endpointsInClusters } from './cluster-kind.ts'
import { outboundCluster } from './names.ts'
import type { Scope } from './scope.ts'
import { clusterRegions } from './services.ts'

interface Entry {
  /** Everything of the mesh that made it, compared by identity: what did not change is the same object. */
  readonly from: readonly unknown[]
  readonly made: OutboundCluster
}

const caches = new WeakMap<Scope['view'], Map<string, Entry>>()

/** A cluster as it was made for an earlier mesh, where nothing it is made of has changed: it need not be encoded again either. */
export function cachedServiceCluster(
  scope: Scope,
  service: Service,
  port: ServicePort,
  subset: string | undefined,
): OutboundCluster {
  const { mesh, view } = scope
  let cache = caches.get(view)
  if (!cache) {
    cache = new Map()
    caches.set(view, cache)
  }
  const from = [
    service,
    scope.rule(service),
    mesh.regionalPolicies,
    mesh.credentials,
    mesh.config,
    clusterRegions(mesh.clusters).join(),
    endpointsInClusters(service) ? mesh.endpoints.get(service.hostname) : undefined,
  ]
  const key = outboundCluster(service.hostname, port.number, subset)
  const known = cache.get(key)
  if (known?.from.every((part, i) => part === from[i])) return known.made
  const made = outboundServiceCluster(scope, service, port, subset)
  cache.set(key, { from, made })
  return made
}

/** Forgets clusters that the view no longer has. */
export function keepOnly(scope: Scope, keys: ReadonlySet<string>): void {
  const cache = caches.get(scope.view)
  if (!cache || cache.size <= keys.size) return
  for (const key of cache.keys()) if (!keys.has(key)) cache.delete(key)
}
