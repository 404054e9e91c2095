import { type ErrorCode, errors, IsthmusError } from '@isthmus/errors'
import { isKubeError, KubeClient, type Kubeconfig, loadKubeconfig } from '@isthmus/kubernetes'
import type { Command } from 'commander'

/** How a command finds the mesh. */
export interface MeshOptions {
  readonly kubeconfig?: string
  /** Context of the mesh API; default `mesh`. */
  readonly context?: string
}

const defaultContext = 'mesh'
/** Service account whose token the command takes where the kubeconfig has none; deploy/mesh-api/cli-access.yaml. */
const cliAccount = { name: 'isthmus-cli', namespace: 'istio-system' }
const timeoutMs = 20_000

/** `--kubeconfig` and `--context`, the same for every command that speaks to the mesh. */
export function withMeshOptions(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'default: KUBECONFIG, or ~/.kube/config')
    .option('--context <name>', 'context of the mesh API', defaultContext)
}

/** A client of the mesh API. Throws ISM2123 where the kubeconfig has no such context. */
export function meshClient(options: MeshOptions): KubeClient {
  try {
    return new KubeClient(kubeconfig(options).access(options.context ?? defaultContext))
  } catch (error) {
    throw new IsthmusError('ISM2123', (error as Error).message, { cause: error })
  }
}

/** Runs what speaks to the mesh API, its failures in the words of the error table. */
export async function withMesh<T>(options: MeshOptions, task: (client: KubeClient) => Promise<T>): Promise<T> {
  const client = meshClient(options)
  try {
    return await task(client)
  } catch (error) {
    if (isKubeError(error)) throw new IsthmusError('ISM2123', error.message, { cause: error })
    throw error
  } finally {
    await client.close()
  }
}

/**
 * GET of the control plane's HTTP API, as JSON. Its address is ISTHMUS_API, else what the extension `isthmus.dev/api`
 * (`{server}`) of the context's cluster says. Throws ISM2120, ISM2121, ISM2122, ISM2127, or the code the control plane answers with.
 */
export async function apiGet<T>(path: string, options: MeshOptions = {}): Promise<T> {
  const base = baseUrl(options)
  const url = new URL(path, `${base.replace(/\/+$/, '')}/`)
  const token = await tokenFor(options)
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...(token && { authorization: `Bearer ${token}` }),
  }
  let response: Response
  try {
    response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) })
  } catch (error) {
    const cause = (error as Error).cause as Error | undefined
    throw new IsthmusError('ISM2121', `${base}: ${cause?.message || (error as Error).message}`, { cause: error })
  }
  const text = await response.text()
  const body = parsed(text)
  if (response.ok && body !== undefined) return body as T
  const said = body as { code?: string; message?: string } | undefined
  if (said?.code && said.code in errors) throw new IsthmusError(said.code as ErrorCode, said.message ?? '')
  if (response.status === 404 && said?.message) throw new IsthmusError('ISM2127', said.message)
  throw new IsthmusError(
    'ISM2122',
    `${url.origin}${url.pathname}: ${response.status} ${said?.message ?? text.slice(0, 200)}`,
  )
}

function baseUrl(options: MeshOptions): string {
  if (process.env.ISTHMUS_API) return process.env.ISTHMUS_API
  const context = options.context ?? defaultContext
  const config = kubeconfig(options)
  const server = (config.extension('isthmus.dev/api', context) as { server?: unknown } | undefined)?.server
  if (typeof server === 'string' && server) return server
  throw new IsthmusError(
    'ISM2120',
    config.contexts.includes(context)
      ? `ISTHMUS_API is not set, and the cluster of context "${context}" has no extension isthmus.dev/api`
      : `ISTHMUS_API is not set, and the kubeconfig has no context "${context}"`,
  )
}

/** The kubeconfig's own token, else a short-lived one of the CLI's service account; none where there is no mesh API. */
async function tokenFor(options: MeshOptions): Promise<string | undefined> {
  if (process.env.ISTHMUS_API_TOKEN) return process.env.ISTHMUS_API_TOKEN
  const config = kubeconfig(options)
  const context = options.context ?? defaultContext
  if (!config.contexts.includes(context)) return undefined
  const access = config.access(context)
  if (access.token) return access.token
  if (!access.cert) return undefined
  const client = new KubeClient(access)
  try {
    const answer = await client.json<{ status?: { token?: string } }>({
      method: 'POST',
      path: `/api/v1/namespaces/${cliAccount.namespace}/serviceaccounts/${cliAccount.name}/token`,
      body: JSON.stringify({
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: 600 },
      }),
    })
    return answer.status?.token
  } catch (error) {
    // The control plane may not ask for one (a directory as config); where it does, its answer says so.
    if (isKubeError(error)) return undefined
    throw error
  } finally {
    await client.close()
  }
}

function kubeconfig(options: MeshOptions): Kubeconfig {
  return options.kubeconfig ? loadKubeconfig([options.kubeconfig]) : loadKubeconfig()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
