import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A cgroup (v2) for a node, below this process's own, whose children may have memory limits; undefined where the machine
 * does not let this user have one (cgroup v1, nothing delegated), which is common and no error.
 */
export function takeCgroup(node: string): string | undefined {
  const own = /^0::(.*)$/m.exec(readText('/proc/self/cgroup'))?.[1]
  if (own === undefined) return undefined
  const path = join('/sys/fs/cgroup', own, `isthmus-${node}`)
  try {
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, 'cgroup.subtree_control'), '+memory')
    return path
  } catch {
    giveBackCgroup(path)
    return undefined
  }
}

/** Removes a node's cgroup and those of its containers; all their processes have ended. */
export function giveBackCgroup(path: string): void {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) rmdirSync(join(path, entry.name))
    rmdirSync(path)
  } catch {}
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
