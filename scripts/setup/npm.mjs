import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashOf } from './cache.mjs'
import { run } from './run.mjs'

export const name = 'npm packages and Node 24'

/**
 * Installs when the lock file is not the one node_modules was made from. Not `npm ci`: it refuses a lock file without the
 * other platforms' binaries, which some registries do not hold. The lock file decides versions and is never written.
 */
export async function ensure(root) {
  const stamp = join(root, 'node_modules', '.isthmus-lock')
  const wanted = hashOf(readFileSync(join(root, 'package-lock.json')), process.arch)
  if (
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === wanted &&
    existsSync(join(root, 'node_modules/node/bin/node'))
  )
    return
  await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root })
  if (!existsSync(join(root, 'node_modules/node/bin/node')))
    // npm may be set not to run packages' own scripts; this one fetches Node's binary for the platform.
    await run('npm', ['rebuild', 'node', '--foreground-scripts', '--ignore-scripts=false'], { cwd: root })
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(stamp, wanted)
}
