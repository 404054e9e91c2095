/* The Kubernetes objects this project reads and writes, hand-written and minimal: only fields that are used. */

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

export interface ObjectMeta {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  generateName?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  ownerReferences?: OwnerReference[]
}

/** Any object of any API. `apiVersion` and `kind` are always there on what this package hands out, lists included. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
}

/** An object of a kind that has no type of its own here. */
export interface AnyObject extends KubeObject {
  // biome-ignore lint/suspicious/noExplicitAny: what a cluster sends is unchecked; readers check it
  [field: string]: any
}

export interface KubeList<T> {
  items: T[]
  metadata: { resourceVersion?: string; continue?: string }
}

/** metav1.Condition. */
export interface Condition {
  type: string
  status: 'True' | 'False' | 'Unknown'
  reason: string
  message: string
  lastTransitionTime: string
  observedGeneration?: number
}

export interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; values?: string[] }[]
}

export type IntOrString = number | string
