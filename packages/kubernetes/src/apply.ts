import { parseAllDocuments } from 'yaml'
import type { CallOptions, KubeClient } from './client.ts'
import { conditionTrue } from './conditions.ts'
import { isKubeError, KubeError } from './errors.ts'
import { kinds } from './kinds.ts'
import type { AnyObject, KubeObject } from './meta.ts'
import { pause } from './time.ts'

/** Objects of a YAML text: documents without content are skipped, `kind: List` is unfolded. Throws on what is not an object. */
export function parseObjects(text: string): KubeObject[] {
  const objects: KubeObject[] = []
  for (const document of parseAllDocuments(text)) {
    if ('errors' in document && document.errors.length > 0) throw document.errors[0]
    const value: unknown = document.toJS()
    if (value === null || value === undefined) continue
    const object = value as AnyObject
    if (object.kind === 'List' && Array.isArray(object.items)) objects.push(...object.items)
    else if (typeof object.kind === 'string' && typeof object.apiVersion === 'string') objects.push(object)
    else throw new Error('a document has no apiVersion and kind')
  }
  return objects
}

/** Order within one apply: what others need comes first. */
function rank(o: KubeObject): number {
  if (o.kind === 'Namespace') return 0
  if (o.kind === 'CustomResourceDefinition') return 1
  return 2
}

export async function applyAll(
  client: KubeClient,
  what: string | readonly KubeObject[],
  options: CallOptions & { namespace?: string } = {},
): Promise<KubeObject[]> {
  const { namespace, ...call } = options
  const objects = typeof what === 'string' ? parseObjects(what) : [...what]
  const ordered = objects.map((o, i) => ({ o, i })).sort((a, b) => rank(a.o) - rank(b.o) || a.i - b.i)
  const done: KubeObject[] = []
  for (const { o } of ordered) {
    const key = { name: o.metadata.name, namespace: o.metadata.namespace ?? namespace }
    const { managedFields: _, ...metadata } = o.metadata as AnyObject['metadata'] & { managedFields?: unknown }
    const applied = await client.patch<KubeObject>(o, key, { ...o, metadata }, { type: 'apply', ...call })
    if (o.kind === 'CustomResourceDefinition') await established(client, o.metadata.name)
    done.push(applied)
  }
  return done
}

/** Waits until the API serves a CRD's kind: at most 30 s. */
async function established(client: KubeClient, name: string): Promise<void> {
  const end = client.clock.now() + 30_000
  for (;;) {
    const crd = await client.find(kinds.CustomResourceDefinition, { name })
    if (conditionTrue(crd?.status?.conditions, 'Established') && (await served(client, crd))) return
    if (client.clock.now() > end)
      throw new KubeError(
        'timeout',
        0,
        'NotEstablished',
        `CustomResourceDefinition ${name}`,
        `CustomResourceDefinition ${name} is not established after 30 s`,
      )
    await pause(client.clock, 50)
  }
}

async function served(client: KubeClient, crd: AnyObject | undefined): Promise<boolean> {
  const version = crd?.spec?.versions?.find((v: { served: boolean }) => v.served)?.name
  try {
    await client.path({ apiVersion: `${crd?.spec?.group}/${version}`, kind: crd?.spec?.names?.kind })
    await client.json({ path: `/apis/${crd?.spec?.group}/${version}/${crd?.spec?.names?.plural}`, query: { limit: 1 } })
    return true
  } catch (error) {
    if (isKubeError(error, 'notFound', 'server', 'tooMany')) return false
    throw error
  }
}
