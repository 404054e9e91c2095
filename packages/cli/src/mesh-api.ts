import { type ErrorCode, errors, IsthmusError } from '@isthmus/errors'
import { isKubeError, KubeClient, type Kubeconfig, loadKubeconfig, networkError } from '@isthmus/kubernetes'
import type { Command } from 'commander'
import { type ApiAddress, apiAddressIn } from './api-address.ts'

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
function meshClient(options: MeshOptions): KubeClient {
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

/** GET of the control plane's HTTP API, as JSON. Throws as `apiCall`. */
export function apiGet<T>(path: string, options: MeshOptions = {}): Promise<T> {
  return apiCall<T>('GET', path, options)
}

/**
 * A request to the control plane's HTTP API whose answer is JSON. Its address is ISTHMUS_API, else what the extension
 * `isthmus.dev/api` (`{server}`) of the context's cluster says. Throws ISM2120, ISM2121, ISM2122, ISM2127, ISM2128, or the
 * code the control plane answers with.
 */
export async function apiCall<T>(
  method: 'GET' | 'POST',
  path: string,
  options: MeshOptions & { readonly token?: string } = {},
  body?: unknown,
): Promise<T> {
  const sent = { method, ...(body !== undefined && { body: JSON.stringify(body) }) }
  const response = await apiFetch(path, options, { ...sent, signal: AbortSignal.timeout(timeoutMs) })
  const text = await response.text()
  const answer = parsed(text)
  if (response.ok && answer !== undefined) return answer as T
  throw refusal(response, text)
}

/** What the control plane refused, in its own words. */
export function refusal(response: { readonly status: number; readonly url: string }, text: string): IsthmusError {
  const said = parsed(text) as { code?: string; message?: string } | undefined
  if (said?.code && said.code in errors) return new IsthmusError(said.code as ErrorCode, said.message ?? '')
  if (response.status === 404 && said?.message) return new IsthmusError('ISM2127', said.message)
  const at = response.url.split('?')[0]
  return new IsthmusError('ISM2122', `${at}: ${response.status} ${said?.message ?? text.slice(0, 200)}`)
}

/** The raw answer, whatever its status. Throws ISM2120, ISM2121, ISM2128. */
export async function apiFetch(
  path: string,
  options: MeshOptions & { readonly token?: string },
  init: { readonly method?: string; readonly body?: string; readonly signal?: AbortSignal } = {},
): Promise<Response> {
  const { base, ca } = apiAddress(options)
  const url = new URL(path, `${base}/`)
  const token = options.token ?? (await tokenFor(options))
  const headers = { accept: 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  try {
    if (!ca) return await fetch(url, { ...init, headers })
    // A certificate of the mesh CA, which the machine does not know.
    const undici = await import('undici')
    const dispatcher = new undici.Agent({ connect: { ca } })
    return (await undici.fetch(url, { ...init, headers, dispatcher })) as unknown as Response
  } catch (error) {
    const cause = (error as Error).cause as Error | undefined
    const code = networkError(error, base).kind === 'tlsUntrusted' ? 'ISM2128' : 'ISM2121'
    throw new IsthmusError(code, `${base}: ${cause?.message || (error as Error).message}`, { cause: error })
  }
}

/** Where the control plane's HTTP API is. Throws as `apiAddressIn`. */
export function apiAddress(options: MeshOptions): ApiAddress {
  return apiAddressIn(kubeconfig(options), options.context ?? defaultContext)
}

/** The kubeconfig's own token, else a short-lived one of the CLI's service account; none where there is no mesh API. */
async function tokenFor(options: MeshOptions): Promise<string | undefined> {
  if (process.env.ISTHMUS_API_TOKEN) return process.env.ISTHMUS_API_TOKEN
  return tokenOf(options, cliAccount.name, 600)
}

/** The kubeconfig's own token, else one of an account of istio-system; undefined where none is to be had. */
export async function tokenOf(
  options: MeshOptions,
  account: string,
  expirationSeconds: number,
): Promise<string | undefined> {
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
      path: `/api/v1/namespaces/${cliAccount.namespace}/serviceaccounts/${account}/token`,
      body: JSON.stringify({
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds },
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
