import {
  type AnyObject,
  isKubeError,
  KubeClient,
  type KubeObject,
  kinds,
  type Watch,
  watchList,
} from '@isthmus/kubernetes'
import type { Clock, Log } from '../../runtime/index.ts'
import type { Gate } from '../auth/index.ts'
import { digest } from '../auth/reviews.ts'
import type { Caller } from '../call.ts'
import { ApiError } from '../problem.ts'
import { History } from './history.ts'
import { type ObjectKind, objectKinds } from './kinds.ts'
import type { At, ObjectStore, WriteOptions } from './store.ts'
import { shownObject, yamlOf } from './yaml.ts'

const mostClients = 64

/** Clients that speak to the mesh API as somebody: with the token they signed in with. */
class UserClients {
  readonly #mesh: KubeClient
  readonly #clients = new Map<string, KubeClient>()

  constructor(mesh: KubeClient) {
    this.#mesh = mesh
  }

  of(caller: Caller): KubeClient {
    if (caller.token === undefined) throw new ApiError(401, 'ISM5103', 'there is no token to write with')
    const key = digest(caller.token)
    const known = this.#clients.get(key)
    if (known) return known
    const { server, ca, tlsServerName, insecureSkipTlsVerify } = this.#mesh.access
    const client = new KubeClient({ server, ca, tlsServerName, insecureSkipTlsVerify, token: caller.token })
    const [oldest] = this.#clients.keys()
    if (this.#clients.size >= mostClients && oldest !== undefined) {
      void this.#clients.get(oldest)?.close()
      this.#clients.delete(oldest)
    }
    this.#clients.set(key, client)
    return client
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map(c => c.close()))
  }
}

export interface MeshStore extends ObjectStore {
  readonly clients: UserClients
  stop(): Promise<void>
}

export interface MeshStoreOptions {
  readonly mesh: KubeClient
  readonly gate: Gate
  readonly clock: Clock
  readonly log: Log
}

const verbs = ['get', 'create', 'update', 'delete'] as const

/** Objects of the mesh API. Reads and writes go there as the caller; versions are those this control plane has seen. */
export function meshStore({ mesh, gate, clock }: MeshStoreOptions): MeshStore {
  const clients = new UserClients(mesh)
  const history = new History(() => clock.now())
  const watches: Watch[] = objectKinds.map(kind =>
    watchList<KubeObject>(mesh, kind, {
      onSync(items) {
        const keys = new Set(items.map(o => keyOf(kind, o)))
        history.gone(`${kind.kind}|`, keys)
        for (const object of items) history.seen(keyOf(kind, object), whole(kind, object))
      },
      onChange: (type, object) => history.seen(keyOf(kind, object), whole(kind, object), type === 'deleted'),
    }),
  )
  const schemas = new Map<string, Promise<object>>()

  const write = async (
    caller: Caller,
    kind: ObjectKind,
    object: KubeObject,
    options: WriteOptions,
    method: 'POST' | 'PUT',
  ): Promise<KubeObject> => {
    const client = clients.of(caller)
    const at = atOf(kind, object)
    // In the version that it is written in: manifests are passed around in all that are served.
    const path = await client.path(
      { ...kind, apiVersion: object.apiVersion },
      {
        ...(kind.namespaced && { namespace: at.namespace }),
        ...(method === 'PUT' && { name: at.name }),
      },
    )
    const query = {
      fieldManager: 'isthmus-console',
      fieldValidation: 'Strict',
      ...(options.dryRun && { dryRun: 'All' }),
    }
    try {
      const written = await client.json<KubeObject>({ method, path, query, body: JSON.stringify(object) })
      if (!options.dryRun) history.wrote(keyOf(kind, written), whole(kind, written), caller.user)
      return shownObject(whole(kind, written))
    } catch (error) {
      if (isKubeError(error, 'conflict', 'alreadyExists')) throw await conflict(client, kind, at)
      if (isKubeError(error, 'notFound') && object.apiVersion !== kind.apiVersion)
        throw new ApiError(422, 'ISM5111', `${object.apiVersion} is not served: write ${kind.apiVersion}`, {
          fields: [{ field: 'apiVersion', message: `such as ${kind.apiVersion}` }],
        })
      throw error
    }
  }

  return {
    clients,
    async list(caller, kind, namespace) {
      const found = await clients.of(caller).list(kind, kind.namespaced && namespace ? { namespace } : {})
      return found.map(shownObject)
    },
    async get(caller, kind, at) {
      const key = kind.namespaced ? at : { name: at.name }
      return shownObject(await clients.of(caller).get<KubeObject>(kind, key))
    },
    create: (caller, kind, object, options) => write(caller, kind, object, options, 'POST'),
    async replace(caller, kind, object, options) {
      const at = atOf(kind, object)
      const version = options.resourceVersion ?? object.metadata.resourceVersion
      const current = version === undefined ? await this.get(caller, kind, at) : undefined
      const resourceVersion = version ?? current?.metadata.resourceVersion
      // A replacement without them would take away what other controllers hold on to.
      const metadata = { ...object.metadata, resourceVersion }
      return write(caller, kind, { ...object, metadata }, options, 'PUT')
    },
    async delete(caller, kind, at, options) {
      const client = clients.of(caller)
      const path = await client.path(kind, { name: at.name, ...(kind.namespaced && { namespace: at.namespace }) })
      const { resourceVersion } = options
      const body = JSON.stringify({
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: 'Background',
        ...(resourceVersion !== undefined && { preconditions: { resourceVersion } }),
        ...(options.dryRun && { dryRun: ['All'] }),
      })
      try {
        await client.json({ method: 'DELETE', path, body })
      } catch (error) {
        if (isKubeError(error, 'conflict')) throw await conflict(client, kind, at)
        throw error
      }
    },
    async verbs(caller, kind) {
      const answers = await Promise.all(
        verbs.map(verb => gate.allowed(caller, { verb, group: kind.group, resource: kind.plural })),
      )
      return verbs.filter((_, i) => answers[i])
    },
    schema(kind) {
      const known = schemas.get(kind.kind)
      if (known) return known
      const read = schemaOf(mesh, kind)
      schemas.set(kind.kind, read)
      // A CRD may be replaced by a newer one.
      clock.after(60_000, () => schemas.delete(kind.kind))
      read.catch(() => schemas.delete(kind.kind))
      return read
    },
    async versions(caller, kind, at) {
      const allowed = await gate.allowed(caller, {
        ...{ verb: 'get', group: kind.group, resource: kind.plural, name: at.name },
        ...(kind.namespaced && { namespace: at.namespace }),
      })
      if (!allowed) throw new ApiError(403, 'ISM5105', `${caller.user} may not get ${kind.plural}.${kind.group}`)
      return history.versions(`${kind.kind}|${kind.namespaced ? at.namespace : ''}/${at.name}`)
    },
    known: kind => history.known(`${kind}|`).map(shownObject),
    async stop() {
      await Promise.all(watches.map(w => w.stop()))
      await clients.close()
    },
  }
}

function whole(kind: ObjectKind, object: KubeObject): KubeObject {
  return { ...object, apiVersion: kind.apiVersion, kind: kind.kind }
}

function atOf(kind: ObjectKind, { metadata }: KubeObject): At {
  return { namespace: kind.namespaced ? (metadata.namespace ?? 'default') : '', name: metadata.name }
}

function keyOf(kind: ObjectKind, object: KubeObject): string {
  const { namespace, name } = atOf(kind, object)
  return `${kind.kind}|${namespace}/${name}`
}

async function conflict(client: KubeClient, kind: ObjectKind, at: At): Promise<ApiError> {
  const now = await client.find<KubeObject>(kind, kind.namespaced ? at : { name: at.name }).catch(() => undefined)
  const what = `${kind.kind} ${at.namespace ? `${at.namespace}/` : ''}${at.name}`
  if (!now) return new ApiError(409, 'ISM5108', `${what} was deleted meanwhile`)
  return new ApiError(409, 'ISM5108', `${what} is version ${now.metadata.resourceVersion} now`, {
    current: { yaml: yamlOf(now), resourceVersion: now.metadata.resourceVersion ?? '' },
  })
}

async function schemaOf(mesh: KubeClient, kind: ObjectKind): Promise<object> {
  const crd = await mesh.get<AnyObject>(kinds.CustomResourceDefinition, { name: `${kind.plural}.${kind.group}` })
  const version = kind.apiVersion.split('/')[1]
  const found = (crd.spec?.versions as AnyObject[] | undefined)?.find(v => v.name === version)
  return (found?.schema?.openAPIV3Schema as object | undefined) ?? {}
}
