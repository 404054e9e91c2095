import type { KubeObject } from '@isthmus/kubernetes'
import { ApiError, NotFound } from '../problem.ts'
import type { ObjectKind } from './kinds.ts'
import type { At, ObjectStore } from './store.ts'

/** Objects of the configuration directory's files, where they stand in them. */
export interface DirectoryObjects {
  objects(kind: string): readonly {
    readonly object: KubeObject
    readonly place: { readonly file?: string; readonly line?: number }
  }[]
}

/** Read only: whoever may edit the files edits them. */
export function directoryStore(source: DirectoryObjects, directory: string): ObjectStore {
  const find = (kind: ObjectKind, at: At) =>
    source
      .objects(kind.kind)
      .find(({ object: { metadata: m } }) => m.name === at.name && (m.namespace ?? 'default') === at.namespace)
  const refuse = (kind: ObjectKind, at: At): never => {
    const place = find(kind, at)?.place
    const where = place?.file ? `${place.file}${place.line ? `:${place.line}` : ''}` : 'a .yaml file'
    throw new ApiError(403, 'ISM5109', `${kind.kind} ${at.namespace}/${at.name}: edit ${where} in ${directory}`)
  }
  const atOf = ({ metadata }: KubeObject) => ({ namespace: metadata.namespace ?? 'default', name: metadata.name })
  return {
    async list(_caller, kind, namespace) {
      const all = source.objects(kind.kind).map(({ object }) => object)
      return namespace === undefined ? all : all.filter(o => atOf(o).namespace === namespace)
    },
    async get(_caller, kind, at) {
      const found = find(kind, at)
      if (!found) throw new NotFound(`no file has ${kind.kind} ${at.namespace}/${at.name}`)
      return found.object
    },
    create: async (_caller, kind, object) => refuse(kind, atOf(object)),
    replace: async (_caller, kind, object) => refuse(kind, atOf(object)),
    delete: async (_caller, kind, at) => refuse(kind, at),
    verbs: async () => ['get'],
    async schema(kind) {
      throw new ApiError(422, 'ISM5115', `the schema of ${kind.kind} is in the mesh API`)
    },
    versions: async () => [],
    known: kind => source.objects(kind).map(({ object }) => object),
  }
}
