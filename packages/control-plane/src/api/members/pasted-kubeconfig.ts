import { type Kubeconfig, kubeconfigOf, YamlError, type YamlReader } from '@isthmus/kubernetes'
import { ApiError } from '../problem.ts'
import { yamlRefusal } from '../yaml-refusal.ts'

const filed = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'] as const

/**
 * A kubeconfig that somebody pasted: nothing in it may name a file, which would be one of this machine. Throws ISM4210, and
 * ISM5117, ISM5119 as `objectOf`.
 */
export async function pastedKubeconfig(yaml: YamlReader, text: string, user: string): Promise<Kubeconfig> {
  const [value] = await yaml.read(text, user).catch(error => {
    // Where, and not what: the parser's own words quote the text, which may be a key.
    if (error instanceof YamlError && error.why === 'invalid')
      throw new ApiError(400, 'ISM4210', `not YAML that is taken${error.line ? ` (line ${error.line})` : ''}`)
    throw yamlRefusal(error)
  })
  const file = named(value)
  if (file)
    throw new ApiError(
      400,
      'ISM4210',
      `${file} names a file; paste a kubeconfig that holds everything itself: kubectl config view --raw --flatten --minify`,
    )
  return kubeconfigOf(value)
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
