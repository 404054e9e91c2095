import { type Kubeconfig, parseKubeconfig } from '@isthmus/kubernetes'
import { documentValue, yamlDocuments } from '../bounded-yaml.ts'
import { ApiError } from '../problem.ts'

const filed = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'] as const

/**
 * A kubeconfig that somebody pasted: nothing in it may name a file, which would be one of this machine. Throws ISM4210.
 */
export function pastedKubeconfig(text: string): Kubeconfig {
  const [document] = yamlDocuments(text)
  const wrong = document?.errors[0]
  // Where, and not what: the parser's own words quote the text, which may be a key.
  if (wrong) throw new ApiError(400, 'ISM4210', `not YAML (line ${wrong.linePos?.[0].line ?? 1})`)
  const value = document && documentValue(document)
  const file = named(value)
  if (file)
    throw new ApiError(
      400,
      'ISM4210',
      `${file} names a file; paste a kubeconfig that holds everything itself: kubectl config view --raw --flatten --minify`,
    )
  return parseKubeconfig(text)
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
