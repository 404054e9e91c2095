import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the lab keeps what people and other processes look for: its record, its logs, its kubeconfig. */
export function labDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (env.ISTHMUS_LAB_DIR) return env.ISTHMUS_LAB_DIR
  const state = env.XDG_STATE_HOME || join(homedir(), '.local', 'state')
  return join(state, 'isthmus', 'lab')
}

/** What set-up has fetched and built, by content. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'isthmus')
}

/** The project's root: programs run inside the sandbox straight from here. */
export const projectRoot = join(import.meta.dirname, '..', '..', '..', '..')

/** Inside the sandbox, on its own tmpfs: vanishes with it. */
export const insideDirectory = '/run/isthmus'
export const controlSocket = `${insideDirectory}/control.sock`
export const relaySocket = `${insideDirectory}/relay.sock`

/** The same file as a process outside reaches it, through the sandbox's first process. */
export const fromOutside = (pid: number, path: string): string => `/proc/${pid}/root${path}`
