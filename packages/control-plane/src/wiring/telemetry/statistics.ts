import type { KubeClient } from '@isthmus/kubernetes'
import { proxyPorts } from '../../bootstrap/index.ts'
import type { Mesh, ProxyNode } from '../../model/index.ts'
import { type Ask, ProxyStatistics } from '../../telemetry/index.ts'

export interface StatisticsOptions {
  readonly now: () => number
  readonly mesh: () => Mesh
  /** Connected proxies. */
  readonly proxies: () => readonly ProxyNode[]
  readonly regionOf: (node: ProxyNode) => string
  /** A client of a member cluster's API. */
  readonly client: (cluster: string) => KubeClient | undefined
}

/** Milliseconds for one proxy's answer. */
const timeoutMs = 4_000

/** Proxies' statistics, asked for through their cluster's API (pods/proxy): the mesh itself need not reach pods. */
export function proxyStatistics(options: StatisticsOptions): ProxyStatistics {
  const { mesh, proxies, regionOf, now } = options
  return new ProxyStatistics({
    now,
    ask: askThrough(options.client),
    serving: service => {
      const pods = new Set((mesh().endpoints.get(service) ?? []).map(e => `${e.cluster}/${e.namespace}/${e.pod}`))
      return unique(proxies()).filter(p => pods.has(`${p.cluster}/${p.namespace}/${p.pod}`))
    },
    // Gateways see most of what happens between regions. Then sidecars, of each region in turn.
    sending: () => {
      const all = unique(proxies())
      return [
        ...all.filter(p => p.kind === 'gateway'),
        ...inTurn(
          all.filter(p => p.kind === 'sidecar'),
          regionOf,
        ),
      ]
    },
  })
}

function askThrough(client: (cluster: string) => KubeClient | undefined): Ask {
  return async ({ cluster, namespace, pod }, path) => {
    const api = client(cluster)
    if (!api) throw new Error(`cluster ${cluster} cannot be asked`)
    const at = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}:${proxyPorts.metrics}/proxy`
    const [bare = '', query = ''] = path.split('?')
    const { status, text } = await api.raw({
      path: `${at}${bare}`,
      query: Object.fromEntries(new URLSearchParams(query)),
      timeoutMs,
    })
    if (status !== 200) throw new Error(`${status}: ${text.slice(0, 200)}`)
    return text
  }
}

/** A proxy that reconnects has two streams for a moment. */
function unique(nodes: readonly ProxyNode[]): readonly ProxyNode[] {
  return [...new Map(nodes.map(node => [`${node.cluster}/${node.namespace}/${node.pod}`, node])).values()]
}

/** One of each group, then the next of each. */
export function inTurn<T>(all: readonly T[], groupOf: (item: T) => string): readonly T[] {
  const groups = [...Map.groupBy(all, groupOf).values()]
  const longest = Math.max(0, ...groups.map(g => g.length))
  return Array.from({ length: longest }, (_, i) => groups.flatMap(g => g.slice(i, i + 1))).flat()
}
