import type { EndpointSlice, KubeObject, Node, Pod, Service } from '@isthmus/kubernetes'
import type { Cluster } from '../../src/model/index.ts'

/* Kubernetes objects as a cluster has them, for stories. */

export function cluster(name: string, region: string, more: Partial<Cluster> = {}): Cluster {
  return { name, region, network: '', synced: true, lastContact: 0, stale: false, ...more }
}

export function node(name: string, region?: string, zone = `${region}-a`): Node {
  const labels: Record<string, string> = region
    ? { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': zone }
    : {}
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: {} }
}

export function service(
  name: string,
  port = 9080,
  more: { portName?: string; targetPort?: number | string; namespace?: string } = {},
): Service {
  const { portName = 'http', targetPort, namespace = 'default' } = more
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      clusterIP: '172.16.0.1',
      selector: { app: name },
      ports: [{ name: portName, port, ...(targetPort !== undefined && { targetPort }) }],
    },
  }
}

export function pod(name: string, app: string, ip: string, nodeName: string, version = 'v1'): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      labels: { app, version, 'pod-template-hash': 'abc' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${app}-${version}-abc`, uid: 'u', controller: true },
      ],
    },
    spec: {
      nodeName,
      serviceAccountName: `bookinfo-${app}`,
      containers: [{ name: app, image: app, ports: [{ name: 'web', containerPort: 9080 }] }],
    },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
  }
}

export function slice(
  app: string,
  pods: readonly Pod[],
  port = 9080,
  states: Record<string, object> = {},
): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${app}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': app } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port }],
    endpoints: pods.map(p => ({
      addresses: [p.status?.podIP ?? ''],
      conditions: { ready: true, ...states[p.metadata.name] },
      nodeName: p.spec.nodeName,
      targetRef: { kind: 'Pod', name: p.metadata.name, namespace: 'default' },
    })),
  }
}

export function rule(
  kind: string,
  name: string,
  spec: object,
  more: { namespace?: string; apiVersion?: string; created?: string } = {},
): KubeObject & { spec: object } {
  const { namespace = 'default', apiVersion = 'networking.istio.io/v1', created = '2026-01-01T00:00:00Z' } = more
  return { apiVersion, kind, metadata: { name, namespace, creationTimestamp: created }, spec }
}
