import { type Kubeconfig, parseKubeconfig } from '@isthmus/kubernetes'
import { parse } from 'yaml'
import { ApiError } from './problem.ts'

const filed = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'] as const

/**
 * A kubeconfig that somebody pasted: nothing in it may name a file, which would be one of this machine. Throws ISM4210.
 */
export function pastedKubeconfig(text: string): Kubeconfig {
  let value: unknown
  try {
    value = parse(text, { maxAliasCount: 100 })
  } catch (error) {
    throw new ApiError(400, 'ISM4210', `not YAML: ${(error as Error).message}`)
  }
  const file = named(value)
  if (file)
    throw new ApiError(
      400,
      'ISM4210',
      `${file} names a file; paste a kubeconfig that holds everything itself: kubectl config view --raw --flatten --minify`,
    )
  return parseKubeconfig(text, '/nonexistent')
}

/** The first field, anywhere in it, that names a file. */
function named(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(named).find(found => found !== undefined)
  if (value === null || typeof value !== 'object') return undefined
  for (const [key, inner] of Object.entries(value)) {
    if ((filed as readonly string[]).includes(key) && inner !== '' && inner !== null) return key
    const found = named(inner)
    if (found !== undefined) return found
  }
  return undefined
}
