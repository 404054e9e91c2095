import type * as kube from '@isthmus/kubernetes'
import type { Finding, Locality } from '../model/index.ts'
import { originOf, type ParseContext } from './report.ts'

/** From the labels every cloud sets; empty where a label is missing. */
export function nodeLocality(node: kube.Node): Locality {
  const labels = node.metadata.labels ?? {}
  return {
    region: labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '',
    zone: labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '',
    subzone: labels['topology.istio.io/subzone'] ?? '',
  }
}

/** Said of each node whose region neither its labels nor its cluster tell. */
export function regionUnknown(node: kube.KubeObject, context: ParseContext): Finding {
  return {
    code: 'ISM2006',
    severity: 'warning',
    origin: originOf(node, context),
    field: 'metadata.labels',
    message: `node ${node.metadata.name} of ${context.cluster} has no label topology.kubernetes.io/region, and the cluster has no region`,
  }
}
