import type {
  FilterChainMatchSchema,
  FilterChainSchema,
} from '@isthmus/envoy-api/envoy/config/listener/v3/listener_components'
import { HttpInspectorSchema } from '@isthmus/envoy-api/envoy/extensions/filters/listener/http_inspector/v3/http_inspector'
import { OriginalDstSchema } from '@isthmus/envoy-api/envoy/extensions/filters/listener/original_dst/v3/original_dst'
import { TlsInspectorSchema } from '@isthmus/envoy-api/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector'
import { isWildcard } from '../model/index.ts'
import { filter } from './pack.ts'
import type { Init } from './translated.ts'

export type ChainMatch = Init<typeof FilterChainMatchSchema>
export type ChainInit = Omit<Init<typeof FilterChainSchema>, 'filterChainMatch'> & {
  readonly filterChainMatch?: ChainMatch
}

export const originalDst = filter('envoy.filters.listener.original_dst', OriginalDstSchema, {})
export const tlsInspector = filter('envoy.filters.listener.tls_inspector', TlsInspectorSchema, {})
export const httpInspector = filter('envoy.filters.listener.http_inspector', HttpInspectorSchema, {})

/**
 * Plaintext HTTP as the inspector tells it. HTTP/1.0 is not taken as HTTP, like Istio's: Envoy would only refuse it (426), and as
 * TCP it gets where it was going.
 */
export const plaintextHttp: ChainMatch = {
  transportProtocol: 'raw_buffer',
  applicationProtocols: ['http/1.1', 'h2c'],
}

/** Server names of a filter chain: Envoy has no name for "any but none", so a lone `*` means no condition. */
export function serverNames(hosts: readonly string[]): string[] {
  if (hosts.includes('*')) return []
  return [...new Set(hosts)].filter(host => !isWildcard(host) || host.startsWith('*.')).sort()
}

/** `10.0.0.0/8` or an address alone, as Envoy's range. */
export function cidr(text: string) {
  const [addressPrefix = '', length] = text.split('/')
  return { addressPrefix, prefixLen: length === undefined ? (addressPrefix.includes(':') ? 128 : 32) : Number(length) }
}

/** Envoy refuses a listener with two filter chains of one match: the first keeps it. A server name is part of the match one by one. */
export function withoutTakenMatches(chains: readonly ChainInit[]): ChainInit[] {
  const taken = new Set<string>()
  return chains.flatMap(chain => {
    const match: ChainMatch = chain.filterChainMatch ?? {}
    const { serverNames: names = [], ...rest } = match
    const key = (name: string) => JSON.stringify([name, rest])
    const free = (names.length > 0 ? names : ['']).filter(name => !taken.has(key(name)))
    if (free.length === 0) return []
    for (const name of free) taken.add(key(name))
    return [names.length > 0 ? { ...chain, filterChainMatch: { ...match, serverNames: free } } : chain]
  })
}
