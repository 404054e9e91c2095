import type { ProxySettings } from '@isthmus/control-plane/injection/index.ts'
import type { Pod } from '@isthmus/kubernetes'

export const settings: ProxySettings = {
  cluster: 'ack-hangzhou',
  network: '',
  domain: 'cluster.local',
  xdsAddress: '192.168.0.1:15012',
  redirect: 'uid',
  proxyImage: 'isthmus.dev/proxy:test',
  redirectImage: 'isthmus.dev/redirect:test',
}

/** A pod of Bookinfo's reviews as the ReplicaSet controller asks for it: it has no name yet. */
export function reviewsPod(change: { metadata?: Partial<Pod['metadata']>; spec?: Partial<Pod['spec']> } = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: 'reviews-v1-6c9f8d7-',
      labels: { app: 'reviews', version: 'v1', 'pod-template-hash': '6c9f8d7' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'reviews-v1-6c9f8d7', uid: 'u', controller: true },
      ],
      ...change.metadata,
    } as Pod['metadata'],
    spec: {
      serviceAccountName: 'bookinfo-reviews',
      containers: [
        {
          name: 'reviews',
          image: 'docker.io/istio/examples-bookinfo-reviews-v1:1.20.3',
          ports: [{ name: 'http', containerPort: 9080 }],
        },
      ],
      ...change.spec,
    },
  }
}
