import type {
  HeaderMatcherSchema,
  RouteActionSchema,
  RouteSchema,
} from '@isthmus/envoy-api/envoy/config/route/v3/route_components'
import type { HttpMatch, HttpRoute, Service, ServicePort, VirtualService } from '../model/index.ts'
import { cors, corsFilter } from './cors.ts'
import { type ResolvedDestination, resolveDestination } from './destination.ts'
import { duration } from './duration.ts'
import { fault, faultFilter } from './fault.ts'
import { hashPolicy } from './hash-policy.ts'
import { headerOps, hostSet } from './headers.ts'
import { blackHoleCluster, outboundCluster } from './names.ts'
import { fractionalPercent } from './percentage.ts'
import { redirect } from './redirect.ts'
import { type Retries, retries } from './retry.ts'
import { applies, isCatchAll, type RoutePlace, routeMatch } from './route-match.ts'
import type { Scope } from './scope.ts'
import type { Init } from './translated.ts'
import { withWeights } from './weights.ts'

type RouteInit = Init<typeof RouteSchema>
type ActionInit = Init<typeof RouteActionSchema>

/** Methods that HTTP lets anybody repeat (RFC 9110, 9.2.2); all others are taken not to be. gRPC is POST. */
const idempotent = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']

export interface RouteContext extends RoutePlace {
  readonly scope: Scope
  readonly scheme: 'http' | 'https'
}

/** The Envoy routes of a VirtualService at one place: for each route one per match, in order. */
export function virtualServiceRoutes(vs: VirtualService, context: RouteContext): RouteInit[] {
  const routes: RouteInit[] = []
  for (const http of vs.http) {
    for (const match of http.match.length > 0 ? http.match : [undefined]) {
      if (match && !applies(match, context.scope.view, context)) continue
      routes.push(...routesOfMatch(http, match, context))
      if (isCatchAll(match)) return routes
    }
  }
  return routes
}

/** A service's route where no VirtualService speaks of it. */
export function defaultRoutes(scope: Scope, service: Service, port: ServicePort): RouteInit[] {
  const action: ActionInit = {
    clusterSpecifier: { case: 'cluster', value: outboundCluster(service.hostname, port.number) },
    timeout: duration(0),
    hashPolicy: hashPolicy(scope.policy(service, port.number)),
  }
  const base: RouteInit = {
    name: 'default',
    match: routeMatch(undefined),
    decorator: { operation: `${service.hostname}:${port.number}/*` },
  }
  return withRetries(base, action, retries(undefined, scope.decision(service, port.number).retry), undefined)
}

function routesOfMatch(http: HttpRoute, match: HttpMatch | undefined, context: RouteContext): RouteInit[] {
  const base: RouteInit = {
    name: [http.name, match?.name].filter(Boolean).join('.'),
    match: routeMatch(match),
    typedPerFilterConfig: {
      ...(http.fault ? { [faultFilter]: fault(http.fault) } : {}),
      ...(http.corsPolicy ? { [corsFilter]: cors(http.corsPolicy) } : {}),
    },
    ...headerOps(http.requestHeaders, http.responseHeaders),
  }
  if (http.redirect) return [{ ...base, action: { case: 'redirect', value: redirect(http.redirect, context.scheme) } }]
  if (http.directResponse) {
    const { status, body } = http.directResponse
    const inline = body === undefined ? undefined : { specifier: { case: 'inlineString' as const, value: body } }
    return [{ ...base, action: { case: 'directResponse', value: { status, body: inline } } }]
  }
  const resolved = http.route.map(w => resolveDestination(context.scope, w.destination, context.port))
  const first = resolved.find(d => d.found)
  const decision = first?.found
    ? resolved.map(d => (d.found ? decisionOf(context.scope, d).retry : undefined)).find(Boolean)
    : undefined
  const decorator = first?.found ? { operation: `${first.service.hostname}:${first.port.number}/*` } : undefined
  const action: ActionInit = {
    clusterSpecifier: clusters(http, resolved),
    // Not max_stream_duration beside it: Envoy then forgets this one.
    timeout: duration(http.timeoutMs ?? 0),
    hashPolicy: first?.found ? hashPolicy(context.scope.policy(first.service, first.port.number, first.subset)) : [],
    ...rewrite(http, match),
    requestMirrorPolicies: http.mirrors.flatMap(mirror => {
      const target = resolveDestination(context.scope, mirror.destination, context.port)
      if (!target.found || mirror.percentage === 0) return []
      return [
        {
          cluster: target.cluster,
          runtimeFraction: { defaultValue: fractionalPercent(mirror.percentage) },
          traceSampled: false,
          disableShadowHostSuffixAppend: true,
        },
      ]
    }),
  }
  return withRetries({ ...base, decorator }, action, retries(http.retries, decision), match)
}

function decisionOf(scope: Scope, d: ResolvedDestination & { found: true }) {
  return scope.decision(d.service, d.port.number, d.subset)
}

/** One destination is a cluster; several are weighted, those of weight 0 left out as in Istio. */
function clusters(http: HttpRoute, resolved: readonly ResolvedDestination[]): ActionInit['clusterSpecifier'] {
  const weighted = http.route.map((w, i) => ({ ...w, cluster: resolved[i]!.cluster }))
  if (weighted.length === 0) return { case: 'cluster', value: blackHoleCluster }
  const [only] = weighted
  const plain = only && !only.requestHeaders && !only.responseHeaders
  if (weighted.length === 1 && plain) return { case: 'cluster', value: only.cluster }
  const used = withWeights(weighted)
  return {
    case: 'weightedClusters',
    value: {
      clusters: used.map(w => {
        const host = hostSet(w.requestHeaders)
        return {
          name: w.cluster,
          weight: w.weight,
          ...headerOps(w.requestHeaders, w.responseHeaders),
          hostRewriteSpecifier: host === undefined ? undefined : { case: 'hostRewriteLiteral' as const, value: host },
        }
      }),
    },
  }
}

function rewrite(http: HttpRoute, match: HttpMatch | undefined): ActionInit {
  const host = http.rewrite?.authority ?? hostSet(http.requestHeaders)
  return {
    ...pathRewrite(http.rewrite, match),
    hostRewriteSpecifier: host === undefined ? undefined : { case: 'hostRewriteLiteral', value: host },
  }
}

function pathRewrite(r: HttpRoute['rewrite'], match: HttpMatch | undefined): ActionInit {
  if (r?.uriRegexRewrite) {
    const { match: regex, rewrite: substitution } = r.uriRegexRewrite
    return { regexRewrite: { pattern: { regex }, substitution } }
  }
  if (!r?.uri) return {}
  // Envoy swaps the matched path or prefix; a regular expression matched the whole path.
  if (match?.uri?.kind === 'regex')
    return { regexRewrite: { pattern: { regex: match.uri.value }, substitution: r.uri } }
  return { prefixRewrite: r.uri }
}

/** One route, or two where what is not idempotent must be retried with more care: the first takes what may be repeated. */
function withRetries(base: RouteInit, action: ActionInit, r: Retries, match: HttpMatch | undefined): RouteInit[] {
  const route = (
    { policy, hedge }: Pick<Retries, 'policy' | 'hedge'>,
    more: readonly Init<typeof HeaderMatcherSchema>[] = [],
  ): RouteInit => ({
    ...base,
    match: { ...base.match, headers: [...(base.match?.headers ?? []), ...more] } as RouteInit['match'],
    action: { case: 'route', value: { ...action, retryPolicy: policy, ...hedge } },
  })
  if (!r.notIdempotent) return [route(r)]
  const careful = { policy: r.notIdempotent }
  const method = match?.method
  if (method?.kind === 'exact') return [route(idempotent.includes(method.value) ? r : careful)]
  const repeatable = {
    name: ':method',
    headerMatchSpecifier: {
      case: 'stringMatch' as const,
      value: { matchPattern: { case: 'safeRegex' as const, value: { regex: idempotent.join('|') } } },
    },
  }
  return [route(r, [repeatable]), route(careful)]
}
