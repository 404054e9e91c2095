import type { RegionalTraffic } from '@isthmus/api'
import type { Target } from './commands.ts'

type PolicyObject = RegionalTraffic['policies'][number]

/** The host that a policy's short name means. */
const qualified = (name: string, namespace: string): string => {
  const parts = name.split('.')
  if (parts.length === 1) return `${name}.${namespace}.svc.cluster.local`
  if (parts.length === 3 && parts[2] === 'svc') return `${name}.cluster.local`
  return name
}

const servicesOf = (policy: PolicyObject): readonly string[] => {
  const { services } = policy.spec as { services?: unknown }
  return Array.isArray(services) ? services.map(String) : []
}

/**
 * The policy that counts for the whole mesh (service '') or for one service, and whether it is there; else the place where it
 * would be made, as `isthmus region` does. Policies come oldest first, and the older one counts. Pure.
 */
export function targetOf(
  policies: readonly PolicyObject[],
  service: string,
  rootNamespace: string,
): Target & { readonly there: boolean } {
  if (service === '') {
    const found = policies.find(p => servicesOf(p).length === 0 && (p.metadata.namespace ?? '') === rootNamespace)
    return { name: found?.metadata.name ?? 'mesh-wide', namespace: rootNamespace, there: found !== undefined }
  }
  const [name = '', namespace = '', svc] = service.split('.')
  const home = svc === 'svc' ? namespace : rootNamespace
  const found = policies.find(
    p =>
      [home, rootNamespace].includes(p.metadata.namespace ?? '') &&
      servicesOf(p).some(s => qualified(s, p.metadata.namespace ?? '') === service),
  )
  return {
    name: found?.metadata.name ?? (svc === 'svc' ? name : service.toLowerCase().replace(/[^a-z0-9.-]/g, '-')),
    namespace: found?.metadata.namespace ?? home,
    service,
    there: found !== undefined,
  }
}
