import type { ImageRow } from '../images/index.ts'
import type { ContainerConfig } from './protocol.ts'

/**
 * A container's command line, by Kubernetes' rule: `command` replaces the image's entrypoint and drops its arguments,
 * `args` replaces the arguments.
 */
export function commandLine(config: Pick<ContainerConfig, 'command' | 'args'>, row: ImageRow): readonly string[] {
  if (config.command.length > 0) return [...config.command, ...config.args]
  return [...row.entrypoint, ...(config.args.length > 0 ? config.args : row.args)]
}

/** Its environment: the image's, then the container's own. */
export function environment(
  config: Pick<ContainerConfig, 'envs'>,
  row: ImageRow,
  path: string,
  hostname: string,
): Readonly<Record<string, string>> {
  const own = Object.fromEntries(config.envs.map(({ key, value }) => [key, value]))
  return { PATH: path, HOME: '/root', HOSTNAME: hostname, ...row.env, ...own }
}

/** Who a container's processes are, when not root. */
export interface User {
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
}

/** The user a container asks for; undefined for root, which needs nothing. */
export function userOf(config: ContainerConfig): User | undefined {
  const security = config.linux?.security_context
  const uid = Number(security?.run_as_user?.value ?? 0)
  const gid = Number(security?.run_as_group?.value ?? 0)
  const groups = (security?.supplemental_groups ?? []).map(Number)
  return uid === 0 && gid === 0 && groups.length === 0 ? undefined : { uid, gid, groups }
}

/** What becomes the program: user, folder and environment set, nothing inherited. */
export function execLine(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  workingDir: string,
  user: User | undefined,
): readonly string[] {
  const groups = user && user.groups.length > 0 ? `--groups=${user.groups.join(',')}` : '--clear-groups'
  const as = user ? ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, groups] : []
  const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  return [...as, 'env', '-i', '-C', workingDir, ...pairs, ...argv]
}
