import type { BootstrapOptions } from './options.ts'

/** The node as Istio spells it: `sidecar~IP~POD.NS~NS.svc.DOMAIN`. Locality stays empty: the control plane knows the pod's node. */
export function bootstrapNode(o: BootstrapOptions) {
  return {
    id: `${o.kind}~${o.ip}~${o.pod}.${o.namespace}~${o.namespace}.svc.${o.domain}`,
    cluster: `${o.workload || o.serviceAccount}.${o.namespace}`,
    metadata: {
      CLUSTER_ID: o.cluster,
      NAMESPACE: o.namespace,
      NAME: o.pod,
      INSTANCE_IPS: o.ip,
      LABELS: o.labels,
      WORKLOAD_NAME: o.workload,
      SERVICE_ACCOUNT: o.serviceAccount,
      NETWORK: o.network,
      ISTHMUS_REDIRECT: o.redirect,
    },
  }
}
