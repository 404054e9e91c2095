import type { ObjectRow, ObjectView, Written } from '@isthmus/api'
import type { KubeObject, YamlReader } from '@isthmus/kubernetes'
import { suppose } from '../../sources/what-if.ts'
import type { Call, Handlers } from '../call.ts'
import { kindNamed, type ObjectKind, objectKinds } from '../objects/kinds.ts'
import type { At } from '../objects/store.ts'
import { objectOf, yamlOf } from '../objects/yaml.ts'
import type { ApiParts } from '../parts.ts'
import { ApiError } from '../problem.ts'
import { aboutText } from '../views/about.ts'
import { isAbout, shownFinding } from '../views/findings.ts'
import { finder, page } from '../views/page.ts'

type Served = Pick<
  Handlers,
  | 'listKinds'
  | 'getKindSchema'
  | 'listObjects'
  | 'getObject'
  | 'createObject'
  | 'replaceObject'
  | 'deleteObject'
  | 'listVersions'
>

export function objectHandlers(parts: ApiParts): Served {
  const { objects } = parts
  const findingsOf = (kind: ObjectKind, at: At) =>
    parts
      .findings()
      .filter(f => isAbout(f, { kind: kind.kind, ...at }))
      .map(shownFinding)

  /** What analysis would say of the object with it in the mesh, and what it would newly say of others. */
  const judged = (object: KubeObject) => {
    const supposed = suppose(parts.mesh(), objects.known(object.kind), { object, deleted: false })
    const now = new Set(parts.analyze(parts.mesh()).map(f => JSON.stringify(f)))
    const at = { kind: object.kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name }
    const news = parts.analyze(supposed.mesh).filter(f => isAbout(f, at) || !now.has(JSON.stringify(f)))
    const all = [...supposed.findings, ...news].map(shownFinding)
    return [...new Map(all.map(f => [JSON.stringify(f), f])).values()]
  }

  const written = (object: KubeObject, dryRun: boolean): Written => ({
    object: object as Written['object'],
    yaml: yamlOf(object),
    resourceVersion: object.metadata.resourceVersion ?? '',
    dryRun,
    findings: judged(object),
  })

  return {
    async listKinds({ caller }) {
      const kinds = await Promise.all(
        objectKinds.map(async kind => ({
          kind: kind.kind,
          apiVersion: kind.apiVersion,
          plural: kind.plural,
          description: kind.description,
          count: objects.known(kind.kind).length,
          verbs: [...(await objects.verbs(caller, kind))],
        })),
      )
      return { kinds }
    },
    async getKindSchema({ params }) {
      const kind = kindNamed(params.kind)
      return { kind: kind.kind, schema: await objects.schema(kind) }
    },
    async listObjects({ params, query, caller }) {
      const kind = kindNamed(params.kind)
      const all = await objects.list(caller, kind, query.namespace)
      const fits = finder(query.search)
      const found = all
        .map(object => ({ object, about: aboutText(object) }))
        .filter(({ object: { metadata: m }, about }) => fits(`${m.namespace ?? ''}/${m.name} ${about}`))
        .sort((a, b) => (pathOf(a.object) < pathOf(b.object) ? -1 : 1))
      const { rows, ...rest } = page(found, query)
      return {
        ...rest,
        objects: rows.map(({ object, about }): ObjectRow => {
          const { namespace = '', name, creationTimestamp } = object.metadata
          return {
            ...{ kind: kind.kind, namespace, name, about },
            ...(creationTimestamp && { createdAt: creationTimestamp }),
            findings: findingsOf(kind, { namespace, name }),
          }
        }),
      }
    },
    async getObject({ params, caller }) {
      const { kind, at } = place(params)
      const object = await objects.get(caller, kind, at)
      return {
        object: object as ObjectView['object'],
        yaml: yamlOf(object),
        resourceVersion: object.metadata.resourceVersion ?? '',
        findings: findingsOf(kind, at),
      }
    },
    async createObject({ params, query, body, caller }) {
      const kind = kindNamed(params.kind)
      const object = await read(parts.yaml, { text: body.yaml, kind, user: caller.user })
      const dryRun = query.dryRun === true
      return written(await objects.create(caller, kind, object, { dryRun }), dryRun)
    },
    async replaceObject({ params, query, body, caller }) {
      const { kind, at } = place(params)
      const object = await read(parts.yaml, { text: body.yaml, kind, user: caller.user })
      const { name, namespace } = object.metadata
      if (name !== at.name || (kind.namespaced && (namespace ?? 'default') !== at.namespace))
        throw new ApiError(
          400,
          'ISM5101',
          `the object is ${namespace ?? 'default'}/${name}, and ${at.namespace}/${at.name} is replaced: its name cannot change`,
        )
      const dryRun = query.dryRun === true
      return written(await objects.replace(caller, kind, object, options(query)), dryRun)
    },
    async deleteObject({ params, query, caller }) {
      const { kind, at } = place(params)
      await objects.delete(caller, kind, at, options(query))
      return {}
    },
    async listVersions({ params, caller }) {
      const { kind, at } = place(params)
      return { versions: (await objects.versions(caller, kind, at)).map(v => ({ ...v })) }
    },
  }
}

function options(query: Call<'replaceObject'>['query']) {
  const { resourceVersion } = query
  return { dryRun: query.dryRun === true, ...(resourceVersion !== undefined && { resourceVersion }) }
}

/** `-` stands for no namespace. */
function place(params: { readonly kind: string; readonly namespace: string; readonly name: string }) {
  const kind = kindNamed(params.kind)
  return { kind, at: { namespace: params.namespace === '-' ? '' : params.namespace, name: params.name } }
}

function pathOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

async function read(yaml: YamlReader, { text, kind, user }: { text: string; kind: ObjectKind; user: string }) {
  const object = await objectOf(yaml, text, user)
  const group = object.apiVersion.split('/')[0]
  if (object.kind === kind.kind && group === kind.group) return object
  throw new ApiError(400, 'ISM5101', `the object is a ${object.kind} of ${object.apiVersion}, not a ${kind.kind}`, {
    fields: [{ field: 'kind', message: `must be ${kind.kind} of ${kind.apiVersion}` }],
  })
}
