import type { Pod } from '@isthmus/kubernetes'

/** The Deployment, StatefulSet, … a pod belongs to: a ReplicaSet's name without its hash is its Deployment's. */
export function workloadName(pod: Pod): string {
  const { metadata } = pod
  const owner = metadata.ownerReferences?.find(o => o.controller)
  const hash = metadata.labels?.['pod-template-hash']
  if (owner?.kind === 'ReplicaSet' && hash && owner.name.endsWith(`-${hash}`))
    return owner.name.slice(0, -hash.length - 1)
  return owner?.name ?? (metadata.name || (metadata.generateName ?? '').replace(/-$/, ''))
}
