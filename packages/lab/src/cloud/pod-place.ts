import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type KubeClient, kinds, type Pod } from '@isthmus/kubernetes'
import type { LabNode } from '../node/index.ts'
import type { Place } from './control.ts'

/**
 * `CLUSTER/NAMESPACE/POD`, `NAMESPACE/POD`, or the beginning of a pod's name in any namespace. Commands run in the pod's
 * network with its node's programs, so that ping and nft are there whatever the pod's image has.
 */
export async function podPlace(
  cluster: string,
  client: KubeClient,
  nodeOf: (name: string) => Promise<LabNode | undefined> | undefined,
  wanted: string,
): Promise<Place | undefined> {
  const parts = wanted.split('/')
  if (parts.length > 3 || (parts.length === 3 && parts[0] !== cluster)) return undefined
  const name = parts.at(-1)!
  const namespace = parts.at(-2)
  const running = (await client.list<Pod>(kinds.Pod, { namespace })).filter(
    p => p.spec.nodeName && p.status?.phase === 'Running' && p.metadata.name.startsWith(name),
  )
  const exact = running.filter(p => p.metadata.name === name)
  // One that is on its way out is "Running" still when its network has gone.
  const inOrder = (exact.length > 0 ? exact : running).sort((a, b) => Number(isLeaving(a)) - Number(isLeaving(b)))
  for (const pod of inOrder) {
    const node = await nodeOf(pod.spec.nodeName!)
    const place = node?.on ? await placeOn(node, pod) : undefined
    if (place) return place
  }
  return undefined
}

const isLeaving = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined

/** Undefined where the pod has no network (yet, or any more): its node's would be another's. */
async function placeOn(node: LabNode, pod: Pod): Promise<Place | undefined> {
  const enter = node.enter([])
  if (pod.spec.hostNetwork) return { enter }
  const target = enter.find(word => word.startsWith('--target='))!.split('=')[1]!
  const netns = await netnsOf(join(`/proc/${target}/root`, node.dir, 'disk', 'cri', 'sandboxes'), pod)
  if (!netns) return undefined
  return {
    enter: ['nsenter', `--target=${target}`, '--mount', '--pid', `--net=/proc/${target}/root/run/netns/${netns}`, '--'],
  }
}

/** The name of a pod's network namespace, from the runtime's own record; undefined where it has none. */
async function netnsOf(folder: string, pod: Pod): Promise<string | undefined> {
  for (const id of await readdir(folder).catch(() => [])) {
    const record = JSON.parse(await readFile(join(folder, id, 'record.json'), 'utf8').catch(() => '{}'))
    if (record.ready && record.config?.metadata?.uid === pod.metadata.uid) return record.link?.netns
  }
  return undefined
}
