import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** Where everything heavy lives, shared by all clones of this user. */
export const cacheRoot = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'isthmus')

/** Sixteen hex digits that change when any part does. */
export function hashOf(...parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex').slice(0, 16)
}

/**
 * A folder of the cache that is either whole or not there: `fill(dir)` writes beside it, then it is renamed into place.
 * Two set-ups at once are fine: the second rename finds the first one's folder and uses that.
 */
export async function cached(name, fill) {
  const target = join(cacheRoot, name)
  if (existsSync(target)) return target
  const beside = `${target}.part-${process.pid}`
  mkdirSync(dirname(target), { recursive: true })
  rmSync(beside, { recursive: true, force: true })
  mkdirSync(beside, { recursive: true })
  try {
    await fill(beside)
    if (!existsSync(target)) renameSync(beside, target)
  } finally {
    rmSync(beside, { recursive: true, force: true })
  }
  return target
}

/** Points `link` (a path under the cache) at `target`, in one step. */
export function pointAt(link, target) {
  const path = join(cacheRoot, link)
  mkdirSync(dirname(path), { recursive: true })
  const beside = `${path}.part-${process.pid}`
  rmSync(beside, { force: true })
  symlinkSync(target, beside)
  renameSync(beside, path)
}
