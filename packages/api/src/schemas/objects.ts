import { Type } from 'typebox'
import { Finding, Page, Time } from './common.ts'

/** A Kubernetes object of the mesh API, whole. */
const MeshObject = Type.Object(
  {
    apiVersion: Type.String(),
    kind: Type.String(),
    metadata: Type.Object({ name: Type.String() }, { additionalProperties: true }),
  },
  { additionalProperties: true },
)

export const Kind = Type.Object({
  kind: Type.String(),
  apiVersion: Type.String(),
  plural: Type.String(),
  description: Type.String(),
  count: Type.Integer(),
  /** What the signed-in user may do with it. */
  verbs: Type.Array(Type.String()),
})
export const KindList = Type.Object({ kinds: Type.Array(Kind) })
/** The kind's openAPIV3Schema. */
export const KindSchema = Type.Object({ kind: Type.String(), schema: Type.Object({}, { additionalProperties: true }) })

export const ObjectRow = Type.Object({
  kind: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  /** What it is for, in a few words: hosts, servers, services. */
  about: Type.String(),
  createdAt: Type.Optional(Type.String()),
  findings: Type.Array(Finding),
})
export const ObjectList = Type.Object({ ...Page, objects: Type.Array(ObjectRow) })

/** One object with its YAML text, as an editor shows it (managedFields left out). */
export const ObjectView = Type.Object({
  object: MeshObject,
  yaml: Type.String(),
  resourceVersion: Type.String(),
  findings: Type.Array(Finding),
})

export const WriteQuery = Type.Object({
  /** true: the API server checks it and nothing is kept. */
  dryRun: Type.Optional(Type.Boolean()),
  /** The resourceVersion that was edited; another one there now is a conflict (409). */
  resourceVersion: Type.Optional(Type.String()),
})
export const WriteBody = Type.Object({ yaml: Type.String({ maxLength: 1048576 }) })
export const Written = Type.Object({
  object: MeshObject,
  yaml: Type.String(),
  resourceVersion: Type.String(),
  dryRun: Type.Boolean(),
  /** What analysis of the whole mesh with it would say. */
  findings: Type.Array(Finding),
})

/** Versions of an object that this control plane has seen, newest first; memory is bounded. */
export const VersionList = Type.Object({
  versions: Type.Array(
    Type.Object({
      resourceVersion: Type.String(),
      at: Time,
      who: Type.String(),
      yaml: Type.String(),
      deleted: Type.Boolean(),
    }),
  ),
})
