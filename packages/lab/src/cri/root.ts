import { dirname, join, posix } from 'node:path'
import type { Mount } from './protocol.ts'

/** What a node offers every container; laid out by boot.sh. */
export interface Base {
  /** Folder with `dev`, `isthmus` and read-only views of the machine's `usr` and so on. */
  readonly folder: string
  /** Names in it that a container gets at its root, as mounts. */
  readonly mounts: readonly string[]
  /** Links at a container's root: `bin` to `usr/bin`. */
  readonly links: Readonly<Record<string, string>>
  /** Files of /proc that would act on the whole machine: covered in containers. */
  readonly masked: readonly string[]
  /** Names in `isthmus/etc`, which become links in /etc. */
  readonly etc: readonly string[]
}

/** How a container's root folder is to be filled and mounted. */
export interface RootPlan {
  /** To make in the root folder, parents first. */
  readonly folders: readonly string[]
  /** Empty files to make there, to be mounted over. */
  readonly files: readonly string[]
  readonly links: Readonly<Record<string, string>>
  /** To make on the node, inside what is mounted: points for mounts within mounts. */
  readonly points: readonly { readonly path: string; readonly folder: boolean }[]
  /** An fstab: all its mounts, in order, by one `mount -a`. */
  readonly fstab: string
}

export interface RootRequest {
  readonly base: Base
  /** The container's root folder. */
  readonly root: string
  /** Mounts of the image and then of the pod. */
  readonly mounts: readonly (Mount & { readonly folder: boolean })[]
  /** Whether /proc/sys may be written (privileged). */
  readonly privileged: boolean
}

const ownFolders = [
  ...['proc', 'sys', 'tmp', 'var/tmp', 'var/log', 'var/lib', 'var/cache', 'run', 'root', 'home', 'opt', 'srv', 'mnt'],
  ...['etc', '.old'],
]

/**
 * Plans a container's root: the machine's programs read-only, an /etc of its own, then its mounts in the order of
 * their depth. Everything is made beforehand, so that one process can mount it all.
 */
export function planRoot({ base, root, mounts, privileged }: RootRequest): RootPlan {
  const folders = [...ownFolders, ...base.mounts]
  const files: string[] = []
  const points: { path: string; folder: boolean }[] = []
  const links: Record<string, string> = { ...base.links, 'var/run': '../run' }
  const wanted = mounts
    .map(mount => ({ ...mount, container_path: resolved(mount.container_path, base.links) }))
    .sort((a, b) => a.container_path.split('/').length - b.container_path.split('/').length)
  const covered = new Set(wanted.map(mount => mount.container_path.slice(1)))
  for (const name of base.etc) if (!covered.has(`etc/${name}`)) links[`etc/${name}`] = `/isthmus/etc/${name}`

  const over: { at: string; source: string }[] = base.mounts.map(name => ({
    at: `/${name}`,
    source: join(base.folder, name),
  }))
  const lines = [line(root, root, 'none', 'bind')]
  for (const { at, source } of over) lines.push(line(source, root + at, 'none', 'rbind'))
  lines.push(line('tmpfs', `${root}/dev/shm`, 'tmpfs', 'nosuid,nodev,mode=1777,size=64m'))
  lines.push(line('proc', `${root}/proc`, 'proc', 'nosuid,nodev,noexec'))
  if (!privileged) {
    // Root in a sandbox of root's is root to these: a container must not change the machine.
    lines.push(line(`${root}/proc/sys`, `${root}/proc/sys`, 'none', 'rbind,ro'))
    for (const file of base.masked) lines.push(line(`${base.folder}/dev/null`, root + file, 'none', 'bind'))
  }
  for (const { host_path, container_path, readonly, folder } of wanted) {
    const parent = over.findLast(one => container_path === one.at || container_path.startsWith(`${one.at}/`))
    if (parent && container_path !== parent.at)
      points.push({ path: join(parent.source, posix.relative(parent.at, container_path)), folder })
    else if (!parent) {
      if (folder) folders.push(container_path.slice(1))
      else {
        folders.push(dirname(container_path).slice(1))
        files.push(container_path.slice(1))
      }
    }
    over.push({ at: container_path, source: host_path })
    lines.push(line(host_path, root + container_path, 'none', readonly ? 'rbind,ro' : 'rbind'))
  }
  return { folders: folders.filter(Boolean), files, links, points, fstab: `${lines.join('\n')}\n` }
}

/** A container's path without the links of its root: /var/run/secrets lies in /run. */
function resolved(path: string, links: Readonly<Record<string, string>>): string {
  const clean = posix.join('/', path).replace(/\/$/, '') || '/'
  if (clean === '/var/run' || clean.startsWith('/var/run/')) return clean.replace('/var/run', '/run')
  const [, first = '', ...rest] = clean.split('/')
  const target = links[first]
  return target ? posix.join('/', target, ...rest) : clean
}

function line(source: string, target: string, type: string, options: string): string {
  return [octal(source), octal(target), type, options, '0', '0'].join(' ')
}

/** fstab(5): blanks and backslashes as octal. */
function octal(path: string): string {
  return path.replace(/[\\ \t\n#]/g, char => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
}
