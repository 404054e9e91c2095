import type { ClusterAccess } from './access.ts'
import { applyAll } from './apply.ts'
import { Discovery } from './discovery.ts'
import { answerError, isKubeError, KubeError } from './errors.ts'
import type { Kind } from './kinds.ts'
import { apiRoot } from './kinds.ts'
import type { AnyObject, KubeList, KubeObject } from './meta.ts'
import { type Clock, systemClock } from './time.ts'
import { type RawAnswer, type RawRequest, Transport } from './transport.ts'

/** Which object: `namespace` is left out for cluster-scoped kinds (and falls back to the access's own, then `default`). */
export interface Key {
  readonly name: string
  readonly namespace?: string
}

export interface ListOptions {
  /** Undefined: all namespaces. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

export interface PatchOptions {
  /** apply: server-side apply. Default merge. */
  readonly type?: 'merge' | 'strategic' | 'json' | 'apply'
  readonly subresource?: 'status' | 'scale'
  /** Default `isthmus`. */
  readonly fieldManager?: string
  /** Server-side apply takes fields over from other managers. Default true. */
  readonly force?: boolean
}

export interface CallOptions {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

const contentTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
}

/** Objects a list asks for at a time. */
const pageSize = 1000

/**
 * A client of one Kubernetes API: typed reads and writes, every failure a KubeError that says what kind it was.
 *
 *     const client = new KubeClient(loadKubeconfig().access('ack-hangzhou'))
 *     const pods = await client.list<Pod>(kinds.Pod, { namespace: 'default', labelSelector: 'app=reviews' })
 *     await client.patch(kinds.Deployment, { name: 'reviews-v1', namespace: 'default' }, { spec: { replicas: 0 } })
 *     await client.apply(yamlText)                         // server-side apply, CRDs first
 *     const watch = watchList<Pod>(client, kinds.Pod, { onSync, onChange, onState })   // watch.ts
 *
 * A kind is `kinds.X`, any `{apiVersion, kind}`, or an object of it.
 */
export class KubeClient {
  readonly access: ClusterAccess
  readonly clock: Clock
  readonly #transport: Transport
  readonly #discovery: Discovery
  #probing: Promise<void> | undefined

  /** @param options timeoutMs: for a whole request, default 15 s; connectTimeoutMs: TCP and TLS, default 5 s */
  constructor(access: ClusterAccess, options: { clock?: Clock; timeoutMs?: number; connectTimeoutMs?: number } = {}) {
    this.access = access
    this.clock = options.clock ?? systemClock
    this.#transport = new Transport(access, {
      clock: this.clock,
      timeoutMs: options.timeoutMs ?? 15_000,
      connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    })
    this.#discovery = new Discovery(path => this.json({ path }))
  }

  /** Any request, any status. For paths that are not resources (`/readyz`, `/version`, `/openid/v1/jwks`). */
  raw(request: RawRequest): Promise<RawAnswer> {
    return this.#transport.send(request)
  }

  /** Any request whose answer is JSON; a status that is not a success throws. */
  async json<T>(request: RawRequest): Promise<T> {
    const answer = await this.#once(request)
    if (answer.status >= 300) throw answerError(answer.status, answer.text, this.#transport.describe(request))
    try {
      return JSON.parse(answer.text) as T
    } catch (error) {
      const name = this.#transport.describe(request)
      throw new KubeError('protocol', answer.status, 'NotJson', name, `${name}: the answer is not JSON`, {
        cause: error,
      })
    }
  }

  stream(request: RawRequest) {
    return this.#transport.stream(request)
  }

  /** `/apis/apps/v1/namespaces/default/deployments/reviews-v1`; without a name, the collection. */
  async path(kind: Kind, at: { name?: string; namespace?: string; subresource?: string } = {}): Promise<string> {
    const resource = await this.#discovery.resource(kind)
    const namespace = resource.namespaced
      ? (at.namespace ?? (at.name === undefined ? undefined : (this.access.namespace ?? 'default')))
      : undefined
    const parts = [apiRoot(kind.apiVersion)]
    if (namespace) parts.push('namespaces', segment(namespace))
    parts.push(resource.plural)
    if (at.name !== undefined) parts.push(segment(at.name))
    if (at.subresource) parts.push(at.subresource)
    return parts.join('/')
  }

  async get<T extends KubeObject = AnyObject>(kind: Kind, key: Key, options: CallOptions = {}): Promise<T> {
    return this.json<T>({ path: await this.path(kind, key), ...options })
  }

  /** As get, undefined where there is no such object. */
  async find<T extends KubeObject = AnyObject>(
    kind: Kind,
    key: Key,
    options: CallOptions = {},
  ): Promise<T | undefined> {
    try {
      return await this.get<T>(kind, key, options)
    } catch (error) {
      if (isKubeError(error, 'notFound')) return undefined
      throw error
    }
  }

  async list<T extends KubeObject = AnyObject>(kind: Kind, options: ListOptions = {}): Promise<T[]> {
    return (await this.listAt<T>(kind, options)).items
  }

  /** A whole list (all its pages) and the resourceVersion to watch from. */
  async listAt<T extends KubeObject = AnyObject>(
    kind: Kind,
    options: ListOptions = {},
  ): Promise<{ items: T[]; resourceVersion: string }> {
    const { namespace, labelSelector, fieldSelector, ...call } = options
    const path = await this.path(kind, { namespace })
    const items: T[] = []
    for (let next: string | undefined = ''; ; ) {
      const query = { labelSelector, fieldSelector, limit: pageSize, continue: next }
      const page: KubeList<T> = await this.json({ path, query, ...call })
      // Items of a list come without apiVersion and kind.
      for (const item of page.items ?? [])
        items.push(Object.assign(item, { apiVersion: kind.apiVersion, kind: kind.kind }))
      next = page.metadata?.continue
      if (!next) return { items, resourceVersion: page.metadata?.resourceVersion ?? '' }
    }
  }

  async create<T extends KubeObject>(object: T, options: CallOptions & { subresource?: string } = {}): Promise<T> {
    const { subresource, ...call } = options
    const at = { namespace: object.metadata.namespace ?? this.access.namespace ?? 'default' }
    const path = subresource
      ? await this.path(object, { ...at, name: object.metadata.name, subresource })
      : await this.path(object, at)
    return this.json<T>({ method: 'POST', path, query: manager, body: JSON.stringify(object), ...call })
  }

  /** Replaces the object; metadata.resourceVersion, where given, must still be current. */
  async update<T extends KubeObject>(object: T, options: CallOptions & { subresource?: string } = {}): Promise<T> {
    const { subresource, ...call } = options
    const path = await this.path(object, { ...object.metadata, subresource })
    return this.json<T>({ method: 'PUT', path, query: manager, body: JSON.stringify(object), ...call })
  }

  async patch<T extends KubeObject = AnyObject>(
    kind: Kind,
    key: Key,
    patch: unknown,
    options: PatchOptions & CallOptions = {},
  ): Promise<T> {
    const { type = 'merge', subresource, fieldManager = 'isthmus', force = true, ...call } = options
    return this.json<T>({
      method: 'PATCH',
      path: await this.path(kind, { ...key, subresource }),
      query: { fieldManager, ...(type === 'apply' && { force }) },
      body: JSON.stringify(patch),
      contentType: contentTypes[type],
      ...call,
    })
  }

  /** Merge patch of the status subresource: `patchStatus(kinds.MemberCluster, key, { conditions })`. */
  patchStatus<T extends KubeObject = AnyObject>(
    kind: Kind,
    key: Key,
    status: object,
    call: CallOptions = {},
  ): Promise<T> {
    return this.patch<T>(kind, key, { status }, { subresource: 'status', ...call })
  }

  /** True where there was something to delete. */
  async delete(
    kind: Kind,
    key: Key,
    options: CallOptions & { propagation?: 'Foreground' | 'Background' | 'Orphan'; gracePeriodSeconds?: number } = {},
  ): Promise<boolean> {
    const { propagation = 'Background', gracePeriodSeconds, ...call } = options
    const body = JSON.stringify({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: propagation,
      ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    })
    try {
      await this.json({ method: 'DELETE', path: await this.path(kind, key), body, ...call })
      return true
    } catch (error) {
      if (isKubeError(error, 'notFound')) return false
      throw error
    }
  }

  /**
   * Server-side apply (field manager `isthmus`, taking over) of objects or of YAML text with any number of documents:
   * namespaces and CRDs first, and CRDs waited for until the API serves them.
   */
  apply(
    what: string | readonly KubeObject[],
    options: CallOptions & { namespace?: string } = {},
  ): Promise<KubeObject[]> {
    return applyAll(this, what, options)
  }

  /** Cheap proof that the API answers; callers at the same time share one request. Any HTTP answer counts. */
  probe(timeoutMs = 5_000): Promise<void> {
    this.#probing ??= this.raw({ path: '/version', timeoutMs })
      .then(() => undefined)
      .finally(() => {
        this.#probing = undefined
      })
    return this.#probing
  }

  /** Ends its connections. */
  close(): Promise<void> {
    return this.#transport.close()
  }

  /** A kept-alive connection may have been closed by the server just as we used it: reads are then sent once more. */
  async #once(request: RawRequest): Promise<RawAnswer> {
    try {
      return await this.#transport.send(request)
    } catch (error) {
      if ((request.method ?? 'GET') !== 'GET' || !isKubeError(error, 'reset')) throw error
      return this.#transport.send(request)
    }
  }
}

const manager = { fieldManager: 'isthmus' }

/** One segment of a path. A server may take dots for the folder itself or the one above, and those are no names anyway. */
function segment(name: string): string {
  if (name === '' || name === '.' || name === '..')
    throw new KubeError(
      'invalid',
      0,
      'Invalid',
      `name ${JSON.stringify(name)}`,
      `${JSON.stringify(name)} is not a name`,
    )
  return encodeURIComponent(name)
}
