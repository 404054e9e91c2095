import type * as Api from '@isthmus/api'

/** Invented proxies: most in step, one behind, one that refuses. */
export function proxiesOf(): Api.ProxyRow[] {
  return ['cn-hangzhou', 'cn-shanghai'].flatMap((region, i) =>
    ['productpage', 'details', 'ratings', 'reviews', 'istio-ingressgateway'].map((app, j) => ({
      id: `${app}-${(i * 7919 + j * 104729).toString(36)}-x${j}.${app === 'istio-ingressgateway' ? 'istio-system' : 'default'}`,
      kind: app === 'istio-ingressgateway' ? 'router' : 'sidecar',
      cluster: i === 0 ? 'ack-hangzhou' : 'ack-shanghai',
      region,
      connectedSince: Date.now() - (j + 1) * 3_600_000,
      mode: 'delta',
      envoyVersion: '1.40.0',
      types: ['CDS', 'EDS', 'LDS', 'RDS', 'SDS'].map((type, k) => ({
        type,
        state:
          k === 4
            ? 'not asked'
            : i === 1 && j === 1 && k === 2
              ? 'refused'
              : i === 0 && j === 2 && k === 1
                ? 'behind'
                : 'in step',
        resources: [38, 31, 24, 19, 0][k] ?? 0,
        ...(i === 1 &&
          j === 1 &&
          k === 2 && { words: 'Error adding/updating listener(s) 0.0.0.0_9080: Invalid path <b>x</b>' }),
      })),
    })),
  )
}

export const proxyConfigOf = (type: string): Record<string, { name: string; [field: string]: unknown }[]> => ({
  [type]: Array.from({ length: 24 }, (_, i) => ({
    name: `outbound|9080|v${(i % 3) + 1}|service-${i}.default.svc.cluster.local`,
    config: { name: `service-${i}`, type: 'EDS', connectTimeout: '10s' },
  })),
})

export const comparisonOf = (proxy: string): Api.ProxyComparison => ({
  proxy,
  at: Date.now(),
  same: false,
  differences: [
    {
      type: 'clusters',
      name: 'outbound|9080||reviews.default.svc.cluster.local',
      kind: 'different',
      meant: '{"version":"a1"}',
      held: '{"version":"a0"}',
    },
    { type: 'routes', name: '9080', kind: 'missing', meant: '{"version":"b7"}' },
  ],
})
