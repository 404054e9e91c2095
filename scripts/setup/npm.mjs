import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashOf } from './cache.mjs'
import { run } from './run.mjs'

export const name = 'npm packages and Node 24'

/** `npm ci` when the lock file is not the one node_modules was made from. */
export async function ensure(root) {
  const stamp = join(root, 'node_modules', '.isthmus-lock')
  const wanted = hashOf(readFileSync(join(root, 'package-lock.json')), process.arch)
  if (
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === wanted &&
    existsSync(join(root, 'node_modules/node/bin/node'))
  )
    return
  await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root })
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(stamp, wanted)
}
