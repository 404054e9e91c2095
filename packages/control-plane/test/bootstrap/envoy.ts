import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The Envoy that set-up provided, or undefined where there is none. */
export function envoyForTests(): string | undefined {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'isthmus', 'bin', 'envoy')
  return [process.env.ISTHMUS_ENVOY, cache].find(path => path && existsSync(path))
}
