import type { Handlers } from '../call.ts'
import type { ApiParts } from '../parts.ts'
import { compared } from '../views/comparison.ts'
import { finder, page } from '../views/page.ts'
import { configByType, proxyNamed, proxyRow } from '../views/proxies.ts'

type Served = Pick<Handlers, 'listProxies' | 'getProxyConfig' | 'compareProxy'>

export function proxyHandlers(parts: ApiParts): Served {
  return {
    listProxies({ query }) {
      const fits = finder(query.search)
      const rows = parts
        .proxies()
        .map(status => proxyRow(status, parts.regionOf))
        .filter(
          row =>
            fits(`${row.id} ${row.cluster} ${row.region}`) &&
            (query.cluster === undefined || row.cluster === query.cluster) &&
            (query.region === undefined || row.region === query.region) &&
            (query.state === undefined || row.types.some(t => t.state === query.state)),
        )
        .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
      const { rows: shown, ...rest } = page(rows, query)
      return { ...rest, at: parts.clock.now(), proxies: shown.map(row => ({ ...row, types: [...row.types] })) }
    },
    compareProxy({ params }) {
      const status = proxyNamed(parts.proxies(), params.proxy)
      return compared(status, parts.proxyConfig(status), parts.meant(status) ?? new Map(), parts.clock.now())
    },
    getProxyConfig({ params, query }) {
      const config = configByType(parts.proxyConfig(proxyNamed(parts.proxies(), params.proxy)), query.type ?? null)
      const fits = finder(query.search)
      return Object.fromEntries(
        Object.entries(config).map(([type, list]) => [
          type,
          (list as readonly { name: string }[])
            .filter(r => query.search === undefined || fits(JSON.stringify(r)))
            .map(r => ({ ...r })),
        ]),
      )
    },
  }
}
