import type { KubeClient, KubeObject } from '@isthmus/kubernetes'
import type { Caller } from '../call.ts'
import type { Version } from './history.ts'
import type { ObjectKind } from './kinds.ts'

export interface At {
  readonly namespace: string
  readonly name: string
}

export interface WriteOptions {
  readonly dryRun: boolean
  /** The version that was edited; another one there now is a conflict. */
  readonly resourceVersion?: string
}

/** The objects people write. Every read and write is the caller's own: RBAC of the mesh API decides. */
export interface ObjectStore {
  list(caller: Caller, kind: ObjectKind, namespace?: string): Promise<readonly KubeObject[]>
  get(caller: Caller, kind: ObjectKind, at: At): Promise<KubeObject>
  create(caller: Caller, kind: ObjectKind, object: KubeObject, options: WriteOptions): Promise<KubeObject>
  replace(caller: Caller, kind: ObjectKind, object: KubeObject, options: WriteOptions): Promise<KubeObject>
  delete(caller: Caller, kind: ObjectKind, at: At, options: WriteOptions): Promise<void>
  /** What the caller may do with it, of get, create, update, delete. */
  verbs(caller: Caller, kind: ObjectKind): Promise<readonly string[]>
  /** The kind's openAPIV3Schema. */
  schema(kind: ObjectKind): Promise<object>
  versions(caller: Caller, kind: ObjectKind, at: At): Promise<readonly Version[]>
  /** Clients of the mesh API as its users; undefined where there is none. */
  readonly clients?: { of(caller: Caller): KubeClient }
  /** Objects of a kind as the control plane itself knows them. */
  known(kind: string): readonly KubeObject[]
}
