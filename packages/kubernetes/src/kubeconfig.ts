import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { IsthmusError } from '@isthmus/errors'
import { parse, type YAMLParseError } from 'yaml'
import type { ClusterAccess } from './access.ts'

interface Entry<T> {
  readonly name: string
  readonly value: T
  /** Folder relative paths are relative to; undefined: it may name no file. */
  readonly directory: string | undefined
}

interface ClusterFields {
  server?: string
  'certificate-authority'?: string
  'certificate-authority-data'?: string
  'insecure-skip-tls-verify'?: boolean
  'tls-server-name'?: string
  extensions?: { name: string; extension: unknown }[]
}

interface UserFields {
  'client-certificate'?: string
  'client-certificate-data'?: string
  'client-key'?: string
  'client-key-data'?: string
  token?: string
  tokenFile?: string
  username?: string
  password?: string
  as?: string
  'as-groups'?: string[]
  exec?: { command?: string }
  'auth-provider'?: { name?: string }
}

interface ContextFields {
  cluster?: string
  user?: string
  namespace?: string
}

type KubeconfigFile = Readonly<Record<string, unknown>>

/** Several kubeconfig files merged as kubectl does it: the first entry of a name wins. */
export class Kubeconfig {
  readonly currentContext: string
  readonly #clusters: ReadonlyMap<string, Entry<ClusterFields>>
  readonly #users: ReadonlyMap<string, Entry<UserFields>>
  readonly #contexts: ReadonlyMap<string, Entry<ContextFields>>

  /** @param sources each file's content and the folder its relative paths are relative to; without one it may name no file */
  constructor(sources: readonly { readonly content: KubeconfigFile; readonly directory?: string }[]) {
    const clusters = new Map<string, Entry<ClusterFields>>()
    const users = new Map<string, Entry<UserFields>>()
    const contexts = new Map<string, Entry<ContextFields>>()
    let current = ''
    for (const source of sources) {
      const file = source.content
      current ||= typeof file['current-context'] === 'string' ? file['current-context'] : ''
      collect(clusters, file.clusters, 'cluster', source.directory)
      collect(users, file.users, 'user', source.directory)
      collect(contexts, file.contexts, 'context', source.directory)
    }
    this.currentContext = current
    this.#clusters = clusters
    this.#users = users
    this.#contexts = contexts
  }

  get contexts(): string[] {
    return [...this.#contexts.keys()]
  }

  /** The access a context stands for; without a name, the current context's. Files it names are read now. */
  access(context = this.currentContext): ClusterAccess {
    const found = this.#contexts.get(context)
    if (!found) throw new IsthmusError('ISM4211', this.#unknownContext(context))
    const cluster = this.#clusters.get(found.value.cluster ?? '')
    if (!cluster?.value.server)
      throw new IsthmusError(
        'ISM4210',
        `kubeconfig: context "${context}" names cluster "${found.value.cluster ?? ''}", which has no server`,
      )
    const user = this.#users.get(found.value.user ?? '')
    const u = user?.value ?? {}
    if (u.exec || u['auth-provider'])
      throw new IsthmusError(
        'ISM4212',
        `kubeconfig: user "${user?.name}" gets its credentials from a plugin (${u.exec?.command ?? u['auth-provider']?.name}), which is not supported: use a client certificate or a token`,
      )
    const c = cluster.value
    const cert = pem(u, 'client-certificate', user?.directory)
    const key = pem(u, 'client-key', user?.directory)
    const ca = pem(c, 'certificate-authority', cluster.directory)
    return {
      server: String(c.server).replace(/\/+$/, ''),
      ...(ca && { ca }),
      ...(c['tls-server-name'] && { tlsServerName: c['tls-server-name'] }),
      ...(c['insecure-skip-tls-verify'] && { insecureSkipTlsVerify: true }),
      ...(cert && { cert }),
      ...(key && { key }),
      ...(u.token && { token: u.token }),
      ...(u.tokenFile && { tokenFile: fileAt('tokenFile', u.tokenFile, user?.directory) }),
      ...(u.username && { username: u.username, password: u.password ?? '' }),
      ...(u.as && { impersonate: { user: u.as, groups: u['as-groups'] ?? [] } }),
      ...(found.value.namespace && { namespace: found.value.namespace }),
    }
  }

  /** An extension of the context's cluster entry, e.g. `isthmus.dev/private-server`; undefined where there is none. */
  extension(name: string, context = this.currentContext): unknown {
    const cluster = this.#contexts.get(context)?.value.cluster
    return this.#clusters.get(cluster ?? '')?.value.extensions?.find(e => e.name === name)?.extension
  }

  /** The API's address inside its VPC, where the kubeconfig says it (extension `isthmus.dev/private-server: {server}`). */
  privateServer(context = this.currentContext): string | undefined {
    const value = this.extension('isthmus.dev/private-server', context)
    const server = (value as { server?: unknown } | undefined)?.server
    return typeof server === 'string' && server ? server : undefined
  }

  #unknownContext(context: string): string {
    const have = this.contexts.join(', ') || 'none'
    return context
      ? `kubeconfig: there is no context "${context}" (there are: ${have})`
      : `kubeconfig: no current-context is set (there are: ${have})`
  }
}

/** The files KUBECONFIG lists, else ~/.kube/config; files that do not exist are skipped, as kubectl does. */
export function kubeconfigFiles(env: NodeJS.ProcessEnv = process.env): string[] {
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter(Boolean)
  return listed.length > 0 ? listed : [join(env.HOME || homedir(), '.kube', 'config')]
}

export function loadKubeconfig(files: readonly string[] = kubeconfigFiles()): Kubeconfig {
  const sources: { content: KubeconfigFile; directory: string }[] = []
  for (const file of files) {
    try {
      sources.push({ content: parseFile(readFileSync(file, 'utf8'), file), directory: dirname(resolve(file)) })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  return new Kubeconfig(sources)
}

/**
 * A kubeconfig from text. Relative paths in it are relative to `directory`; without one (a Secret's value, what somebody
 * pasted) it must hold everything itself: a file it names would be this machine's, and is refused unread.
 */
export function parseKubeconfig(text: string, directory?: string): Kubeconfig {
  return new Kubeconfig([{ content: parseFile(text), ...(directory !== undefined && { directory }) }])
}

/** A kubeconfig that was read already; it must hold everything itself. */
export function kubeconfigOf(value: unknown): Kubeconfig {
  return new Kubeconfig([{ content: asFile(value, 'kubeconfig') }])
}

function parseFile(text: string, file = 'kubeconfig'): KubeconfigFile {
  let value: unknown
  try {
    // Repeated keys are not looked for: the library compares each with each.
    value = parse(text, { uniqueKeys: false })
  } catch (error) {
    // Where, and not what: the parser's own words quote the text, which may be a key.
    const line = (error as Partial<YAMLParseError>).linePos?.[0].line
    throw new IsthmusError('ISM4210', `${file}: not YAML${line ? ` (line ${line})` : ''}`)
  }
  return asFile(value, file)
}

function asFile(value: unknown, file: string): KubeconfigFile {
  if (value === null || value === undefined) return {}
  if (typeof value !== 'object' || Array.isArray(value))
    throw new IsthmusError('ISM4210', `${file}: not a kubeconfig (no mapping at the top)`)
  return value as KubeconfigFile
}

function collect<T>(into: Map<string, Entry<T>>, list: unknown, field: string, directory: string | undefined): void {
  if (!Array.isArray(list)) return
  for (const item of list as Record<string, unknown>[]) {
    const name = item?.name
    if (typeof name !== 'string' || into.has(name)) continue
    into.set(name, { name, value: (item[field] ?? {}) as T, directory })
  }
}

function pem<Name extends string>(
  fields: { readonly [K in Name | `${Name}-data`]?: string },
  name: Name,
  directory: string | undefined,
): string | undefined {
  const data = fields[`${name}-data`]
  if (data) return Buffer.from(data, 'base64').toString('utf8')
  const file = fields[name]
  if (!file) return undefined
  const path = fileAt(name, file, directory)
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new IsthmusError('ISM4210', `kubeconfig: ${(error as Error).message}`, { cause: error })
  }
}

function fileAt(field: string, file: string, directory: string | undefined): string {
  if (directory !== undefined) return resolve(directory, file)
  throw new IsthmusError('ISM4210', `kubeconfig: ${field} names a file; it must hold everything itself`)
}
