import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { IsthmusError } from '@isthmus/errors'

/** Where set-up keeps what is heavy: `$XDG_CACHE_HOME/isthmus`, else `~/.cache/isthmus`. */
function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'isthmus')
}

/** Path of the Envoy binary: `ISTHMUS_ENVOY`, then the cache. Throws ISM1301. */
export function envoyBinary(env: NodeJS.ProcessEnv = process.env): string {
  return binary('Envoy', 'ISTHMUS_ENVOY', 'envoy', env)
}

/**
 * Path of the Kubernetes binary (etcd, kube-apiserver, kubelet and so on in one, see packages/kube-binary):
 * `ISTHMUS_KUBE`, then the cache. Throws ISM1301.
 */
export function kubeBinary(env: NodeJS.ProcessEnv = process.env): string {
  return binary('The Kubernetes binary', 'ISTHMUS_KUBE', 'kube', env)
}

function binary(what: string, variable: string, file: string, env: NodeJS.ProcessEnv): string {
  const named = env[variable]
  const path = named || join(cacheFolder(env), 'bin', file)
  try {
    accessSync(path, constants.X_OK)
    return path
  } catch (cause) {
    const detail = named ? `${variable} names ${path}, which cannot be run` : `${what} is not at ${path}`
    throw new IsthmusError('ISM1301', `${detail}. Run \`npm run setup\`.`, { cause })
  }
}
