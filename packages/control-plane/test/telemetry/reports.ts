import type { LoadReport, ProxyNode } from '@isthmus/control-plane/model/index.ts'

export function nodeOf(kind: 'gateway' | 'sidecar', pod = 'pod-1', cluster = 'c1'): ProxyNode {
  return {
    id: `${kind === 'gateway' ? 'router' : 'sidecar'}~10.0.0.1~${pod}.istio-system~istio-system.svc.cluster.local`,
    kind,
    cluster,
    namespace: 'istio-system',
    pod,
    ip: '10.0.0.1',
    labels: {},
    locality: { region: '', zone: '', subzone: '' },
    network: '',
    serviceAccount: 'default',
    envoyVersion: '1.40.0',
    redirect: 'none',
  }
}

/** A report over the two seconds before `at`: successes and failures by destination region. */
export function reportOf(
  kind: 'gateway' | 'sidecar',
  at: number,
  cluster: string,
  to: Readonly<Record<string, readonly [number, number]>>,
): LoadReport {
  const localities = Object.entries(to).map(([region, [success, error]]) => ({
    locality: { region, zone: '', subzone: '' },
    priority: 0,
    issued: success + error,
    success,
    error,
    inProgress: 0,
  }))
  const clusters = localities.length > 0 ? [{ cluster, durationMs: 2_000, localities }] : []
  return { node: nodeOf(kind), at, clusters }
}
