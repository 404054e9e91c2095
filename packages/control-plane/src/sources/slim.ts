import type { AnyObject, KubeObject } from '@isthmus/kubernetes'

/** Annotations the mesh reads; the rest (kubectl's last-applied above all) is left out. */
const annotationsRead = /^(networking\.istio\.io|asm\.alibabacloud\.com)\//

/** Only what the mesh reads of an object, still in its own shape: what is kept in memory and on disk. */
export function slim(object: KubeObject): KubeObject {
  const { apiVersion, kind } = object
  const o = object as AnyObject
  const { name, namespace, uid, generation, creationTimestamp, labels } = object.metadata
  const annotations = Object.entries(object.metadata.annotations ?? {}).filter(([k]) => annotationsRead.test(k))
  const metadata = {
    name,
    ...(namespace && { namespace }),
    ...(uid && { uid }),
    ...(generation !== undefined && { generation }),
    ...(creationTimestamp && { creationTimestamp }),
    ...(labels && { labels }),
    ...(annotations.length > 0 && { annotations: Object.fromEntries(annotations) }),
  }
  const head = { apiVersion, kind, metadata }
  if (kind === 'Pod') return slimPod(o, head)
  if (kind === 'Node') return { ...head, spec: {} } as KubeObject
  if (kind === 'EndpointSlice')
    return { ...head, addressType: o.addressType, ports: o.ports, endpoints: o.endpoints } as KubeObject
  if (kind === 'Secret') return { ...head, type: o.type, data: o.data } as KubeObject
  return { ...head, spec: o.spec } as KubeObject
}

function slimPod(pod: AnyObject, head: KubeObject): KubeObject {
  const containers = (list: AnyObject[] = []) =>
    list.flatMap(c =>
      c.ports
        ? [{ name: c.name, ports: c.ports.map((p: AnyObject) => ({ name: p.name, containerPort: p.containerPort })) }]
        : [],
    )
  const { phase, podIP, podIPs, conditions = [] } = pod.status ?? {}
  const ready = conditions
    .filter((c: AnyObject) => c.type === 'Ready')
    .map((c: AnyObject) => ({ type: c.type, status: c.status }))
  const { ownerReferences, deletionTimestamp } = pod.metadata
  return {
    ...head,
    metadata: {
      ...head.metadata,
      ...(ownerReferences && { ownerReferences }),
      ...(deletionTimestamp && { deletionTimestamp }),
    },
    spec: {
      nodeName: pod.spec.nodeName,
      serviceAccountName: pod.spec.serviceAccountName,
      containers: containers(pod.spec.containers),
      initContainers: containers(pod.spec.initContainers),
    },
    status: { phase, podIP, podIPs, conditions: ready },
  } as KubeObject
}
