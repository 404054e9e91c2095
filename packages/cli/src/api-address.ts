import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { IsthmusError } from '@isthmus/errors'
import type { Kubeconfig } from '@isthmus/kubernetes'

/** Where the control plane's HTTP API is. */
export interface ApiAddress {
  /** Its base URL, without a slash at the end. */
  readonly base: string
  /** The authority of its certificate (PEM), where the machine's own do not do. */
  readonly ca?: string
}

/**
 * ISTHMUS_API and the file ISTHMUS_API_CA, else what the extension `isthmus.dev/api` of the context's cluster says: `server`
 * and `certificate-authority-data`. Throws ISM2120, and ISM2128 where the authority is no certificate.
 */
export function apiAddressIn(config: Kubeconfig, context: string, env: NodeJS.ProcessEnv = process.env): ApiAddress {
  const own = env.ISTHMUS_API_CA ? { ca: fromFile(env.ISTHMUS_API_CA) } : {}
  if (env.ISTHMUS_API) return { base: withoutSlash(env.ISTHMUS_API), ...own }
  const said = config.extension('isthmus.dev/api', context) as Record<string, unknown> | undefined
  const data = said?.['certificate-authority-data']
  const ca = typeof data === 'string' && !own.ca ? { ca: fromData(data) } : {}
  if (typeof said?.server === 'string' && said.server) return { base: withoutSlash(said.server), ...ca, ...own }
  throw new IsthmusError(
    'ISM2120',
    config.contexts.includes(context)
      ? `ISTHMUS_API is not set, and the cluster of context "${context}" has no extension isthmus.dev/api`
      : `ISTHMUS_API is not set, and the kubeconfig has no context "${context}"`,
  )
}

function fromFile(file: string): string {
  try {
    return certificate(readFileSync(file, 'utf8'), file)
  } catch (error) {
    throw new IsthmusError('ISM2128', `ISTHMUS_API_CA: ${(error as Error).message}`, { cause: error })
  }
}

function fromData(data: string): string {
  const where = 'certificate-authority-data of isthmus.dev/api'
  try {
    return certificate(Buffer.from(data, 'base64').toString('utf8'), where)
  } catch (error) {
    throw new IsthmusError('ISM2128', `kubeconfig: ${(error as Error).message}`, { cause: error })
  }
}

/** Of something else TLS would only say that nothing can be verified. */
function certificate(text: string, where: string): string {
  try {
    new X509Certificate(text)
    return text
  } catch {
    throw new Error(`${where} holds no certificate (PEM)`)
  }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}
