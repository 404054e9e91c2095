import type { KubeClient, KubeObject } from '@isthmus/kubernetes'
import type { Origin } from '../../model/index.ts'

interface ManagedFields {
  readonly manager?: string
  readonly time?: string
  readonly subresource?: string
}

/**
 * Who wrote an object of the mesh API last, as far as Kubernetes keeps it: the field manager (`kubectl-edit`, `isthmus`), not
 * the user. Undefined where that is not known.
 */
export async function authorOf(
  mesh: KubeClient,
  { apiVersion, kind, name, namespace }: Origin,
): Promise<string | undefined> {
  try {
    const key = { name, ...(namespace && { namespace }) }
    return lastManager(await mesh.get<KubeObject>({ apiVersion, kind }, key))
  } catch {
    // Gone again, or the API is away: the event is told without it.
    return undefined
  }
}

export function lastManager(object: KubeObject): string | undefined {
  const { managedFields = [] } = object.metadata as { managedFields?: readonly ManagedFields[] }
  // A written status is nobody's change of the object.
  const writes = managedFields.filter(f => f.manager && !f.subresource)
  return writes.toSorted((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1))[0]?.manager
}
