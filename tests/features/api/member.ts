import { kubeconfigText } from '@isthmus/control-plane/members/credentials.ts'
import { type KubeClient, kinds, parseKubeconfig } from '@isthmus/kubernetes'
import type { ApiServer } from '@isthmus/lab/cluster/apiserver.ts'
import { apiServer, clientOf } from '../support/api-server.ts'

/** The API of cluster ack-hangzhou, with one node of cn-hangzhou and the Deployment `default/reviews-v1`. */
export interface MemberApi {
  readonly api: ApiServer
  readonly client: KubeClient
  /** As somebody pastes it into the console. */
  readonly kubeconfig: string
  close(): Promise<void>
}

export async function memberApi(dir: string): Promise<MemberApi> {
  const api = await apiServer('ack-hangzhou', dir, '172.16.0.0/16')
  const client = clientOf(api)
  await api.ready()
  await client.apply([node('hz-1', '10.0.0.0/24'), deployment])
  // Nothing answers there as a kubelet.
  const addresses = [{ type: 'InternalIP', address: '127.0.0.1' }]
  await client.patchStatus(kinds.Node, { name: 'hz-1' }, { addresses })
  return {
    api,
    client,
    kubeconfig: kubeconfigText(parseKubeconfig(api.adminKubeconfig(api.url)).access()),
    async close() {
      await client.close()
      await api.stop()
    },
  }
}

function node(name: string, podCIDR: string) {
  const labels = { 'topology.kubernetes.io/region': 'cn-hangzhou' }
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: { podCIDR, podCIDRs: [podCIDR] } }
}

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'reviews-v1', namespace: 'default' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'reviews' } },
    template: {
      metadata: { labels: { app: 'reviews' } },
      spec: { containers: [{ name: 'reviews', image: 'isthmus.dev/reviews:v1' }] },
    },
  },
}
