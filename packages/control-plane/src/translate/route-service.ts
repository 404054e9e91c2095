import { RouteConfigurationSchema } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import type { Pieces } from '../collections/index.ts'
import type { HttpRoute, ProxyView, Service, VirtualService } from '../model/index.ts'
import { resolveDestination } from './destination.ts'
import { FollowedList } from './followed-list.ts'
import type { OwnPlace } from './http-places.ts'
import { kinOf, Memory, SharedMemory } from './memory.ts'
import { virtualHostName } from './names.ts'
import { defaultRoutes, virtualServiceRoutes } from './route.ts'
import type { Scope } from './scope.ts'
import { settingsOf } from './settings.ts'
import { resource, type TranslatedResource } from './translated.ts'
import { meshVirtualServices } from './virtual-services.ts'

type Route = TranslatedResource<typeof RouteConfigurationSchema>

const memory = new Memory<Route>()
const shared = new SharedMemory<Route>()

/**
 * Route configurations of the services that have addresses of their own, one each, under the name Istio gives to its virtual
 * host (`reviews.default.svc.cluster.local:9080`): a change of one service's routes is a change of one small resource.
 */
export function serviceRoutes(scope: Scope, places: Pieces<OwnPlace>): Pieces<Route> {
  const rules = meshVirtualServices(scope)
  return followed.follow(scope, places, place => {
    const { hostname } = place.service
    const found = rules.find(hostname)
    const vs = found && found.http.length > 0 ? found : undefined
    return { made: cachedRoute(scope, place, vs), hosts: vs ? [hostname, ...destinationsOf(vs)] : [hostname] }
  })
}

const followed = new FollowedList<OwnPlace, Route>()

function cachedRoute(scope: Scope, place: OwnPlace, vs: VirtualService | undefined): Route {
  const { service, port } = place
  const from: unknown[] = [settingsOf(scope.mesh), service, scope.rule(service), vs]
  for (const host of vs ? destinationsOf(vs) : []) {
    const to = scope.service(host)
    from.push(to, to && scope.rule(to))
  }
  return memory.recall(scope.view, port, from, () => {
    const seen = [kinOf(scope.view), clientOf(scope.view, vs), ...retriesOf(scope, place, vs)]
    return shared.recall(port, seen, from, () => serviceRoute(scope, place, vs))
  })
}

/** What the rule's matches look at of who calls. */
function clientOf({ namespace, labels }: ProxyView, vs: VirtualService | undefined) {
  const told = vs?.http.some(route =>
    route.match.some(m => m.sourceNamespace !== undefined || Object.keys(m.sourceLabels).length > 0),
  )
  return told ? { namespace, labels } : undefined
}

/** All that routes know of regional decisions: how each destination is tried again. */
function retriesOf(scope: Scope, { service, port }: OwnPlace, vs: VirtualService | undefined) {
  const retry = (to: Service, number: number, subset?: string) => scope.decision(to, number, subset).retry
  if (!vs) return [retry(service, port.number)]
  const destinations = vs.http.flatMap(route => route.route.map(w => w.destination))
  return destinations.map(destination => {
    const to = resolveDestination(scope, destination, port.number)
    return to.found ? retry(to.service, to.port.number, to.subset) : undefined
  })
}

function serviceRoute(scope: Scope, { service, port }: OwnPlace, vs: VirtualService | undefined): Route {
  const name = virtualHostName(service.hostname, port.number)
  const routes = vs
    ? virtualServiceRoutes(vs, { scope, gateways: ['mesh'], port: port.number, scheme: 'http' })
    : defaultRoutes(scope, service, port)
  return resource(
    RouteConfigurationSchema,
    name,
    {
      name,
      // Whatever the Host header says: the application dialled this service.
      virtualHosts: [{ name, domains: ['*'], routes, includeRequestAttemptCount: true }],
      validateClusters: false,
      maxDirectResponseBodySizeBytes: 1_048_576,
    },
    [...service.origins, ...(vs ? [vs.origin] : []), ...(scope.rule(service)?.origins ?? [])],
  )
}

const destinations = new WeakMap<VirtualService, ReadonlySet<string>>()

/** Hosts a VirtualService sends HTTP to. */
export function destinationsOf(vs: VirtualService): ReadonlySet<string> {
  let hosts = destinations.get(vs)
  if (!hosts) {
    const of = (route: HttpRoute) => [...route.route, ...route.mirrors].map(to => to.destination.host)
    hosts = new Set(vs.http.flatMap(of))
    destinations.set(vs, hosts)
  }
  return hosts
}
