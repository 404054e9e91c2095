import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { status } from '@grpc/grpc-js'
import type { Image } from '../images/index.ts'
import { commandLine, environment, execLine, type User, userOf } from './command.ts'
import { isMapped } from './process.ts'
import { CallError, type ContainerConfig, type DnsConfig } from './protocol.ts'
import { type Base, planRoot } from './root.ts'
import { searchPath } from './settings.ts'

/** What a container's folder is filled from. */
export interface Preparation {
  readonly folder: string
  readonly config: ContainerConfig
  readonly image: Image
  readonly hostname: string
  readonly dns?: DnsConfig
  readonly base: Base
  readonly programs: string
  readonly cgroup?: string
}

/** What is known after: how a command is run in it. */
export interface Prepared {
  readonly env: Readonly<Record<string, string>>
  readonly workingDir: string
  readonly user?: User
}

/** The folders and links boot.sh laid out. */
export function readBase(folder: string): Base {
  const links: Record<string, string> = {}
  for (const pair of readFileSync(join(folder, 'links'), 'utf8').split('\n').filter(Boolean)) {
    const [name, target] = pair.split(' ')
    links[name!] = target!
  }
  return {
    folder,
    mounts: readFileSync(join(folder, 'mounts'), 'utf8').split('\n').filter(Boolean),
    links,
    masked: ['/proc/sysrq-trigger', '/proc/kcore'].filter(file => existsSync(file)),
    etc: readdirSync(join(folder, 'isthmus/etc')),
  }
}

/** How a command is run in a container: the same for its own program and for what is executed in it later. */
export function surroundings(preparation: Omit<Preparation, 'folder' | 'base'>): Prepared {
  const { config, image, hostname, programs } = preparation
  return {
    env: environment(config, image.row, searchPath(programs), hostname),
    workingDir: config.working_dir || image.row.workingDir,
    user: userOf(config),
  }
}

/** Fills a container's folder with all that launch.sh and inside.sh read. */
export function prepareContainer(preparation: Preparation): void {
  const { folder, config, image, hostname, base, programs } = preparation
  const { env, workingDir, user } = surroundings(preparation)
  if (user) checkMapped(user)
  const root = join(folder, 'root')
  const mounts = [
    { host_path: programs, container_path: programs, readonly: true },
    ...image.row.mounts.map(m => ({ host_path: m.host, container_path: m.container, readonly: true })),
    ...config.mounts,
  ].map(mount => ({ ...mount, folder: isFolder(mount.host_path) }))
  const plan = planRoot({ base, root, mounts, privileged: isPrivileged(config) })

  for (const path of [...plan.folders, workingDir.slice(1)]) makeFolder(join(root, path))
  for (const path of plan.files) if (!existsSync(join(root, path))) writeFileSync(join(root, path), '')
  for (const [path, target] of Object.entries(plan.links)) symlinkSync(target, join(root, path))
  for (const { path, folder: isDir } of plan.points) makePoint(path, isDir)
  const covered = new Set(config.mounts.map(mount => mount.container_path))
  const etc = { hostname: `${hostname}\n`, hosts: '127.0.0.1\tlocalhost\n', 'resolv.conf': resolvConf(preparation.dns) }
  for (const [file, text] of Object.entries(etc))
    if (!covered.has(`/etc/${file}`)) writeFileSync(join(root, 'etc', file), text)

  const own = commandLine(config, image.row)
  const argv = execLine(config.tty ? onTerminal(own) : own, env, workingDir, user)
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text, { mode: 0o600 })
  write('hostname', `${hostname}\n`)
  write('fstab', plan.fstab)
  write('argv', argv.map(word => `${word}\0`).join(''))
  if (preparation.cgroup) write('cgroup', `${preparation.cgroup}\n`)
  if (config.stdin) write('interactive', '')
  if (config.stdin_once) write('once', '')
  if (config.linux?.security_context?.readonly_rootfs) write('readonly', '')
  if (user) write('owner', `${user.uid}:${user.gid}\n`)
}

export function resolvConf(dns: DnsConfig | undefined): string {
  if (!dns) return ''
  return [
    ...dns.servers.map(server => `nameserver ${server}`),
    ...(dns.searches.length > 0 ? [`search ${dns.searches.join(' ')}`] : []),
    ...(dns.options.length > 0 ? [`options ${dns.options.join(' ')}`] : []),
    '',
  ].join('\n')
}

/** script(1) gives a program a terminal of its own and carries it over the fifos. */
function onTerminal(argv: readonly string[]): readonly string[] {
  const quoted = argv.map(word => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  return ['script', '--quiet', '--return', '--flush', '--command', `exec ${quoted}`, '/dev/null']
}

function isPrivileged(config: ContainerConfig): boolean {
  return Boolean((config.linux?.security_context as { privileged?: boolean } | undefined)?.privileged)
}

function checkMapped({ uid, gid, groups }: User): void {
  const check = (ids: readonly number[], map: string, what: string) => {
    const foreign = ids.find(id => !isMapped(id, readFileSync(map, 'utf8')))
    if (foreign === undefined) return
    const mend = 'use 0, or run the lab as root or with newuidmap and a subuid range'
    throw new CallError(
      status.INVALID_ARGUMENT,
      `ISM1308 UserNotMapped: the lab has no ${what} ${foreign} here: ${mend}`,
    )
  }
  check([uid], '/proc/self/uid_map', 'user')
  check([gid, ...groups], '/proc/self/gid_map', 'group')
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    throw new CallError(status.INVALID_ARGUMENT, `${path}, which is to be mounted, is not there`)
  }
}

function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o755 })
  if (path.endsWith('/tmp')) chmodSync(path, 0o1777)
}

/** A point to mount on, inside another mount; in a read-only volume that has none the mount itself then fails. */
function makePoint(path: string, folder: boolean): void {
  if (existsSync(path)) return
  try {
    mkdirSync(folder ? path : dirname(path), { recursive: true })
    if (!folder) writeFileSync(path, '')
  } catch {}
}
