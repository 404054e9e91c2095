import { TcpProxySchema } from '@isthmus/envoy-api/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy'
import type { ConnectionPool, ProxyView, WeightedDestination } from '../model/index.ts'
import { accessLog } from './access-log.ts'
import { resolveDestination } from './destination.ts'
import { optionalDuration } from './duration.ts'
import { blackHoleCluster } from './names.ts'
import { filter } from './pack.ts'
import type { Scope } from './scope.ts'
import { withWeights } from './weights.ts'

/** The TCP filter of a filter chain, to one cluster. */
export function tcpProxy(cluster: string, pool?: ConnectionPool, kind: ProxyView['kind'] = 'sidecar') {
  return tcpFilter({ case: 'cluster', value: cluster }, cluster, pool, kind)
}

/** The TCP filter of a VirtualService's tcp or tls route. */
export function tcpRoute(scope: Scope, route: readonly WeightedDestination[], listenPort: number) {
  const resolved = route.map(w => ({ weight: w.weight, target: resolveDestination(scope, w.destination, listenPort) }))
  const first = resolved[0]
  const pool = first?.target.found
    ? scope.policy(first.target.service, first.target.port.number, first.target.subset)?.connectionPool
    : undefined
  const { kind } = scope.view
  if (first && resolved.length === 1) return tcpProxy(first.target.cluster, pool, kind)
  if (!first) return tcpProxy(blackHoleCluster, undefined, kind)
  const clusters = withWeights(resolved).map(r => ({ name: r.target.cluster, weight: r.weight }))
  const prefix = first.target.cluster
  return tcpFilter({ case: 'weightedClusters', value: { clusters } }, prefix, pool, kind)
}

function tcpFilter(
  clusterSpecifier:
    | { case: 'cluster'; value: string }
    | { case: 'weightedClusters'; value: { clusters: { name: string; weight: number }[] } },
  statPrefix: string,
  pool: ConnectionPool | undefined,
  kind: ProxyView['kind'],
) {
  return filter('envoy.filters.network.tcp_proxy', TcpProxySchema, {
    statPrefix,
    clusterSpecifier,
    idleTimeout: optionalDuration(pool?.tcp?.idleTimeoutMs),
    accessLog: kind === 'gateway' ? [accessLog('tcp')] : [],
  })
}
