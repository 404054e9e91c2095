import type * as kube from '@isthmus/kubernetes'
import { nodeLocality, type ParseContext, parsePod, parseService, parseSlice, regionUnknown } from '../istio/index.ts'
import type { Finding } from '../model/index.ts'
import type { ClusterObjects } from './cluster-objects.ts'
import { same } from './same.ts'
import type { ServiceTable } from './service-table.ts'
import type { WorkloadTable } from './workload-table.ts'

/** One object of a member cluster as it is now; `object` undefined: it is gone. */
export interface MemberObject {
  readonly kind: string
  /** `namespace/name`, or the name of a Node. */
  readonly key: string
  readonly object: kube.KubeObject | undefined
  readonly context: ParseContext
}

/** Takes in one object and touches the services and workloads that stand on it, where it says anything new. */
export function putMemberObject(
  objects: ClusterObjects,
  services: ServiceTable,
  workloads: WorkloadTable,
  put: MemberObject,
): readonly Finding[] {
  const { kind, key, object } = put
  if (kind === 'Node') return putNode(objects, services, workloads, put)
  if (kind === 'Service') {
    const part = object && parseService(object as kube.Service, put.context)
    const before = objects.services.get(key)
    if (same(before, part)) return []
    objects.setService(key, part)
    services.touchService(key)
    workloads.touchService(objects, before, part)
  } else if (kind === 'EndpointSlice') {
    const slice = object && parseSlice(object as kube.EndpointSlice)
    const before = objects.slices.get(key)
    if (same(before, slice)) return []
    objects.setSlice(key, slice)
    for (const s of [before, slice]) if (s) services.touchService(`${s.namespace}/${s.service}`)
  } else if (kind === 'Pod') {
    const pod = object && parsePod(object as kube.Pod)
    const before = objects.pods.get(key)
    if (same(before, pod)) return []
    objects.setPod(key, pod)
    workloads.touch(`${objects.cluster.name}/${key}`)
    for (const service of objects.servicesOnPod.get(key)) services.touchService(service)
    services.touchChosen(key.split('/')[0] ?? '', [before?.labels, pod?.labels])
  }
  return []
}

function putNode(
  objects: ClusterObjects,
  services: ServiceTable,
  workloads: WorkloadTable,
  { key, object, context }: MemberObject,
): readonly Finding[] {
  const locality = object && nodeLocality(object as kube.Node)
  const findings = object && !locality?.region && !objects.cluster.region ? [regionUnknown(object, context)] : []
  if (same(objects.nodes.get(key), locality)) return findings
  if (locality) objects.nodes.set(key, locality)
  else objects.nodes.delete(key)
  for (const service of objects.servicesOnNode.get(key)) services.touchService(service)
  for (const podKey of objects.podsOnNode.get(key)) {
    workloads.touch(`${objects.cluster.name}/${podKey}`)
    const pod = objects.pods.get(podKey)
    if (pod) services.touchChosen(pod.namespace, [pod.labels])
  }
  return findings
}
