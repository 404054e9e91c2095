import type { KubeObject, YamlReader } from '@isthmus/kubernetes'
import { stringify } from 'yaml'
import { ApiError } from '../problem.ts'
import { yamlRefusal } from '../yaml-refusal.ts'

const ofTheServer = new Set(['managedFields', 'resourceVersion', 'uid', 'generation', 'creationTimestamp', 'selfLink'])
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** As an editor shows it: without what the server keeps for itself, and without status. */
export function yamlOf(object: KubeObject): string {
  const { metadata, status: _, ...rest } = object as KubeObject & { status?: unknown }
  const { annotations, ...meta } = Object.fromEntries(Object.entries(metadata).filter(([key]) => !ofTheServer.has(key)))
  const kept = Object.fromEntries(Object.entries((annotations ?? {}) as object).filter(([key]) => key !== lastApplied))
  const { apiVersion, kind, ...others } = rest
  return stringify(
    { apiVersion, kind, metadata: { ...meta, ...(Object.keys(kept).length > 0 && { annotations: kept }) }, ...others },
    // kubectl reads YAML 1.1, in which a bare `yes` is a boolean: such texts are quoted.
    { lineWidth: 0, compat: 'yaml-1.1' },
  )
}

/** Without managedFields, as the API shows it. */
export function shownObject<T extends KubeObject>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata as T['metadata'] & { managedFields?: unknown }
  return { ...object, metadata }
}

/** The one object of a YAML text that a user sent. Throws ISM5101 with the line, ISM5117, ISM5119. */
export async function objectOf(yaml: YamlReader, text: string, user: string): Promise<KubeObject> {
  const values = await yaml.read(text, user).catch(error => {
    throw yamlRefusal(error)
  })
  if (values.length !== 1) throw new ApiError(400, 'ISM5101', 'the YAML must hold one object, and one document')
  const value = values[0] as Partial<KubeObject> | null
  const missing = ['apiVersion', 'kind'].filter(k => typeof value?.[k as 'kind'] !== 'string')
  if (typeof value?.metadata?.name !== 'string' || value.metadata.name === '') missing.push('metadata.name')
  if (missing.length > 0)
    throw new ApiError(400, 'ISM5101', `the object has no ${missing.join(', ')}`, {
      fields: missing.map(field => ({ field, message: 'missing' })),
    })
  return value as KubeObject
}
