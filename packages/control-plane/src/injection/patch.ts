import type { Pod } from '@isthmus/kubernetes'

export interface JsonPatchOperation {
  readonly op: 'add'
  readonly path: string
  readonly value: unknown
}

/** The JSON patch (RFC 6902) that makes `after` of `before`; `add` on a member that is there replaces it. */
export function podPatch(before: Pod, after: Pod): JsonPatchOperation[] {
  const parts: readonly [string, unknown, unknown][] = [
    ['/metadata/annotations', before.metadata.annotations, after.metadata.annotations],
    ['/spec/initContainers', before.spec.initContainers, after.spec.initContainers],
    ['/spec/containers', before.spec.containers, after.spec.containers],
    ['/spec/volumes', before.spec.volumes, after.spec.volumes],
  ]
  return parts
    .filter(([, old, value]) => value !== undefined && JSON.stringify(old) !== JSON.stringify(value))
    .map(([path, , value]) => ({ op: 'add', path, value }))
}
