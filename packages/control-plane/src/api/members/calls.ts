import { isKubeError, type KubeClient } from '@isthmus/kubernetes'
import type { Caller } from '../call.ts'
import type { ApiParts } from '../parts.ts'
import { ApiError, NotFound, wordsOf } from '../problem.ts'

/** What people ask of a member cluster through the mesh: virtual subresources of `memberclusters`, for RBAC of the mesh API. */
export type MemberAct = 'nodes' | 'namespaces' | 'workloads' | 'pods' | 'log' | 'scale' | 'injection'

const changing: ReadonlySet<MemberAct> = new Set(['scale', 'injection'])

/**
 * Does something in a member cluster with the mesh's own account there, for a caller whom the mesh API's RBAC lets
 * (`get`, or `update` where it changes something) `memberclusters/ACT` of that name. Throws ISM5105, ISM5112, ISM2127.
 */
export async function atMember<T>(
  parts: ApiParts,
  caller: Caller,
  cluster: string,
  act: MemberAct,
  task: (client: KubeClient) => Promise<T>,
): Promise<T> {
  await parts.gate.authorize(caller, {
    verb: changing.has(act) ? 'update' : 'get',
    group: 'mesh.isthmus.dev',
    resource: 'memberclusters',
    subresource: act,
    name: cluster,
  })
  if (!parts.members) throw new ApiError(422, 'ISM5115', 'member clusters')
  const client = parts.members.client(cluster)
  if (!client) {
    if (!parts.members.all().some(m => m.metadata.name === cluster))
      throw new NotFound(`there is no cluster ${cluster}`)
    throw new ApiError(503, 'ISM5112', `${cluster} has not joined the mesh`)
  }
  try {
    return await task(client)
  } catch (error) {
    if (!isKubeError(error) || error.kind === 'conflict' || error.kind === 'invalid') throw error
    if (error.kind === 'notFound') throw new NotFound(`${cluster}: ${wordsOf(error)}`)
    const own = error.kind === 'forbidden' ? "the mesh's own account there may not: " : ''
    throw new ApiError(503, 'ISM5112', `${cluster}: ${own}${wordsOf(error)}`)
  }
}

/** A list that the mesh's account in a cluster that joined long ago may not read yet is empty. */
export async function ifAllowed<T>(list: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await list
  } catch (error) {
    if (isKubeError(error, 'forbidden', 'notFound')) return []
    throw error
  }
}
