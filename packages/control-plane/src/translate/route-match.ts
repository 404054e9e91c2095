import type {
  HeaderMatcherSchema,
  QueryParameterMatcherSchema,
  RouteMatchSchema,
} from '@isthmus/envoy-api/envoy/config/route/v3/route_components'
import { type HttpMatch, type ProxyView, type StringMatch, selects } from '../model/index.ts'
import { stringMatcher } from './string-match.ts'
import type { Init } from './translated.ts'

type HeaderInit = Init<typeof HeaderMatcherSchema>

/** Where a route configuration is used: matches that are for other gateways or ports leave it. */
export interface RoutePlace {
  /** 'mesh', or gateways as `namespace/name`. */
  readonly gateways: readonly string[]
  readonly port: number
}

/** The parts of a match that are known before any request: who asks, through which gateway, on which port. */
export function applies(
  match: Pick<HttpMatch, 'gateways' | 'port' | 'sourceLabels' | 'sourceNamespace'>,
  view: ProxyView,
  place: RoutePlace,
): boolean {
  if (match.gateways.length > 0 && !match.gateways.some(g => place.gateways.includes(g))) return false
  if (match.port !== undefined && match.port !== place.port) return false
  // Who calls is known of a sidecar only: a gateway's callers are outside.
  if (view.kind === 'gateway') return true
  if (match.sourceNamespace && match.sourceNamespace !== view.namespace) return false
  return selects(match.sourceLabels, view.labels)
}

/** The parts of a match that are seen in a request. */
export function routeMatch(match: HttpMatch | undefined): Init<typeof RouteMatchSchema> {
  if (!match) return { pathSpecifier: { case: 'prefix', value: '/' } }
  const pseudo: readonly (readonly [string, StringMatch | undefined])[] = [
    [':method', match.method],
    [':authority', match.authority],
    [':scheme', match.scheme],
  ]
  return {
    ...path(match),
    headers: [
      ...entries(match.headers).map(([name, m]) => header(name, m)),
      ...entries(match.withoutHeaders).map(([name, m]) => withoutHeader(name, m)),
      ...pseudo.flatMap(([name, m]) => (m ? [header(name, m)] : [])),
    ],
    queryParameters: entries(match.queryParams).map(([name, m]) => queryParameter(name, m)),
  }
}

/** True where nothing in a request can fail to match: later routes are never reached. */
export function isCatchAll(match: HttpMatch | undefined): boolean {
  if (!match) return true
  const { uri } = match
  const anyPath = !uri || (uri.kind === 'prefix' && uri.value === '/') || (uri.kind === 'regex' && uri.value === '.*')
  const none = (o: object) => Object.keys(o).length === 0
  return (
    anyPath &&
    !match.method &&
    !match.authority &&
    !match.scheme &&
    none(match.headers) &&
    none(match.withoutHeaders) &&
    none(match.queryParams)
  )
}

function path(match: HttpMatch): Init<typeof RouteMatchSchema> {
  const { uri } = match
  if (!uri) return { pathSpecifier: { case: 'prefix', value: '/' } }
  if (uri.kind === 'regex') return { pathSpecifier: { case: 'safeRegex', value: { regex: uri.value } } }
  return {
    pathSpecifier: { case: uri.kind === 'exact' ? 'path' : 'prefix', value: uri.value },
    caseSensitive: match.ignoreUriCase ? false : undefined,
  }
}

function header(name: string, m: StringMatch | null): HeaderInit {
  if (m === null || isAnything(m)) return { name, headerMatchSpecifier: { case: 'presentMatch', value: true } }
  return { name, headerMatchSpecifier: { case: 'stringMatch', value: stringMatcher(m) } }
}

/** Without the empty treatment Envoy takes a missing header for "no match" even when inverted. */
function withoutHeader(name: string, m: StringMatch | null): HeaderInit {
  const inverted = { ...header(name, m), invertMatch: true }
  return m === null || isAnything(m) ? inverted : { ...inverted, treatMissingHeaderAsEmpty: true }
}

function queryParameter(name: string, m: StringMatch | null): Init<typeof QueryParameterMatcherSchema> {
  if (m === null) return { name, queryParameterMatchSpecifier: { case: 'presentMatch', value: true } }
  return { name, queryParameterMatchSpecifier: { case: 'stringMatch', value: stringMatcher(m) } }
}

/** Envoy refuses empty prefixes; Istio reads them, and `.*`, as "is there". */
function isAnything(m: StringMatch): boolean {
  return (m.kind === 'prefix' && m.value === '') || (m.kind === 'regex' && m.value === '.*')
}

function entries<T>(record: Readonly<Record<string, T>>): readonly [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
