import type { Registry } from 'prom-client'
import { type Finding, type Mesh, parseLocality } from '../model/index.ts'
import type { ProxyConfig, ProxyStatus } from '../xds/status.ts'
import { explainService } from './explain.ts'
import { configByType, proxyNamed, proxyRow } from './proxies.ts'
import { regionsOf } from './regions.ts'
import { NotFound, type Route, Text } from './server.ts'

/** What the API shows: read views of the running control plane. */
export interface ApiViews {
  readonly mesh: () => Mesh
  readonly findings: () => readonly Finding[]
  readonly proxies: () => readonly ProxyStatus[]
  readonly proxyConfig: (status: ProxyStatus) => ProxyConfig
  readonly regionOf: (status: ProxyStatus) => string
  /** Undefined once it serves; else what it waits for. */
  readonly waitingFor: () => string | undefined
  readonly metrics: Registry
}

/** The API's paths, version 1. */
export function routes(views: ApiViews): readonly Route[] {
  const proxies = () => views.proxies().map(status => proxyRow(status, views.regionOf))
  return [
    { path: '/healthz', open: true, handle: () => new Text('text/plain', 'ok\n') },
    {
      path: '/readyz',
      open: true,
      handle: () => {
        const waiting = views.waitingFor()
        if (waiting) throw new NotFound(`not ready: ${waiting}`)
        return new Text('text/plain', 'ok\n')
      },
    },
    {
      path: '/metrics',
      open: true,
      handle: async () => new Text(views.metrics.contentType, await views.metrics.metrics()),
    },
    { path: '/api/v1/proxies', handle: () => ({ proxies: proxies() }) },
    {
      path: '/api/v1/proxies/:name',
      handle: (query, name) => configByType(views.proxyConfig(proxyNamed(views.proxies(), name)), query.get('type')),
    },
    { path: '/api/v1/regions', handle: () => ({ regions: regionsOf(views.mesh()) }) },
    { path: '/api/v1/clusters', handle: () => ({ clusters: [...views.mesh().clusters.values()] }) },
    { path: '/api/v1/findings', handle: () => ({ findings: views.findings() }) },
    { path: '/api/v1/services', handle: () => ({ services: [...views.mesh().services.values()] }) },
    {
      path: '/api/v1/explain',
      handle: query => {
        const service = query.get('service')
        if (!service) throw new NotFound('say which service: ?service=NAME.NAMESPACE&from=REGION')
        return explainService(views.mesh(), service, {
          from: parseLocality(query.get('from') ?? ''),
          role: query.get('role') === 'gateway' ? 'gateway' : 'sidecar',
          port: Number(query.get('port')) || undefined,
        })
      },
    },
  ]
}
