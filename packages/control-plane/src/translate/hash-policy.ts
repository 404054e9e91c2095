import type { RouteAction_HashPolicySchema } from '@isthmus/envoy-api/envoy/config/route/v3/route_components'
import type { TrafficPolicy } from '../model/index.ts'
import { optionalDuration } from './duration.ts'
import type { Init } from './translated.ts'

/** What a DestinationRule's consistentHash hashes on is said on the route, in Envoy. */
export function hashPolicy(policy: TrafficPolicy | undefined): Init<typeof RouteAction_HashPolicySchema>[] {
  const key = policy?.loadBalancer?.consistentHash?.key
  switch (key?.kind) {
    case undefined:
      return []
    case 'header':
      return [{ policySpecifier: { case: 'header', value: { headerName: key.name } } }]
    case 'cookie': {
      const ttl = optionalDuration(key.ttlMs)
      return [{ policySpecifier: { case: 'cookie', value: { name: key.name, path: key.path ?? '', ttl } } }]
    }
    case 'sourceIp':
      return [{ policySpecifier: { case: 'connectionProperties', value: { sourceIp: true } } }]
    case 'queryParameter':
      return [{ policySpecifier: { case: 'queryParameter', value: { name: key.name } } }]
  }
}
