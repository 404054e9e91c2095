import { IsthmusError } from '@isthmus/errors'
import { apiAddress, apiCall, apiFetch, type MeshOptions, tokenOf } from './mesh-api.ts'

export interface ConsoleLink {
  readonly url: string
  /** Milliseconds since the epoch; absent where nobody has to sign in. */
  readonly expiresAt?: number
}

/** A working day: the session it begins ends with it. */
const tokenSeconds = 8 * 3600

/**
 * A link to the console that signs in once, as the kubeconfig's user where it has a token, else as the account of the role.
 * Throws as `apiCall`, and ISM5103 where no token is to be had.
 */
export async function consoleLink(options: MeshOptions, role: 'viewer' | 'operator' | 'admin'): Promise<ConsoleLink> {
  const token = process.env.ISTHMUS_API_TOKEN ?? (await tokenOf(options, `isthmus-${role}`, tokenSeconds))
  const { base } = apiAddress(options)
  if (token === undefined && (await isOpen(options))) return { url: `${base}/` }
  if (token === undefined)
    throw new IsthmusError('ISM5103', `the kubeconfig has no token, and none of account isthmus-${role} is to be had`)
  const made = await apiCall<{ path: string; expiresAt: number }>('POST', '/api/v1/sign-in-links', {
    ...options,
    token,
  })
  return { url: `${base}${made.path}`, expiresAt: made.expiresAt }
}

/** A control plane fed by a directory shows itself to whoever is on its machine. */
async function isOpen(options: MeshOptions): Promise<boolean> {
  const response = await apiFetch('/api/v1/session', options)
  return response.ok
}
