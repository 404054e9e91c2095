import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from './run.mjs'

/** Where everything heavy lives, shared by all clones of this user. */
export const cacheRoot = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'isthmus')

/** Sixteen hex digits that change when any part does. */
export function hashOf(...parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex').slice(0, 16)
}

export const isCached = name => existsSync(join(cacheRoot, name))

/**
 * A folder of the cache that is either whole or not there: `fill(dir)` writes beside it, then it is renamed into place.
 * Two set-ups at once are fine: the second rename finds the first one's folder and uses that. Interrupted, it takes
 * away what it began; killed, the next one does.
 */
export async function cached(name, fill) {
  const target = join(cacheRoot, name)
  if (existsSync(target)) return target
  const beside = `${target}.part-${process.pid}`
  mkdirSync(dirname(target), { recursive: true })
  sweep(dirname(target))
  rmSync(beside, { recursive: true, force: true })
  mkdirSync(beside, { recursive: true })
  begin(beside)
  try {
    await fill(beside)
    if (!existsSync(target)) renameSync(beside, target)
  } finally {
    rmSync(beside, { recursive: true, force: true })
    end(beside)
  }
  return target
}

/** Points `link` (a path under the cache) at `target`, in one step. */
export function pointAt(link, target) {
  const path = join(cacheRoot, link)
  if (pointsAt(path, target)) return
  mkdirSync(dirname(path), { recursive: true })
  sweep(dirname(path))
  const beside = `${path}.part-${process.pid}`
  rmSync(beside, { force: true })
  symlinkSync(target, beside)
  renameSync(beside, path)
}

function pointsAt(path, target) {
  try {
    return readlinkSync(path) === target
  } catch {
    return false
  }
}

/** The same tree again: hard links, or copies where the two are on different file systems; symbolic links as they are. */
export async function sameTree(from, to) {
  try {
    await run('cp', ['--archive', '--link', from, to])
  } catch {
    rmSync(to, { recursive: true, force: true })
    await run('cp', ['--archive', '--reflink=auto', from, to])
  }
}

/** Takes away what set-ups that are no more have left: `NAME.part-PID`, and `NAME.PID` of the messages' generator. */
export function sweep(folder) {
  for (const entry of existsSync(folder) ? readdirSync(folder) : []) {
    const pid = /\.(?:part-)?(\d+)$/.exec(entry)?.[1]
    if (pid && !existsSync(`/proc/${pid}`)) rmSync(join(folder, entry), { recursive: true, force: true })
  }
}

const unfinished = new Set()

function begin(path) {
  unfinished.add(path)
  if (unfinished.size === 1) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupted)
}

function end(path) {
  unfinished.delete(path)
  if (unfinished.size === 0) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, interrupted)
}

function interrupted(_, number) {
  process.exitCode = 128 + number
  // A program that still writes there may add a file between the emptying of a folder and its end.
  for (const path of unfinished) rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  process.exit()
}
