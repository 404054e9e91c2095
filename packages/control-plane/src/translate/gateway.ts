import type { RouteConfigurationSchema } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import { gatewayChains } from './gateway-chains.ts'
import { serverGroups } from './gateway-servers.ts'
import { gatewayListener } from './listener-gateway.ts'
import type { Scope } from './scope.ts'
import type { TranslatedResource } from './translated.ts'

/** Listeners, routes and secrets of a gateway: a listener for each port that its Gateways open. */
export function gatewayResources(scope: Scope) {
  const listeners: TranslatedResource[] = []
  const routes = new Map<string, TranslatedResource<typeof RouteConfigurationSchema>>()
  const secrets: TranslatedResource[] = []
  for (const group of serverGroups(scope.view, scope.mesh)) {
    const made = gatewayChains(scope, group)
    secrets.push(...made.secrets)
    for (const route of made.routes) if (!routes.has(route.name)) routes.set(route.name, route)
    const listener = gatewayListener(group, made.chains)
    if (listener) listeners.push(listener)
  }
  return { listeners, routes: [...routes.values()], secrets }
}
