import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached, hashOf, sameTree, sweep } from './cache.mjs'
import { run } from './run.mjs'

export const name = 'npm packages and Node 24'

/**
 * Installs when the lock file is not the one node_modules was made from, and keeps what came of it in the cache, from
 * where the next clone has it at once. Not `npm ci`: it refuses a lock file without the other platforms' binaries, which
 * some registries do not hold. The lock file decides versions and is never written.
 */
export async function ensure(root) {
  const modules = join(root, 'node_modules')
  const wanted = hashOf(readFileSync(join(root, 'package-lock.json')), process.platform, process.arch)
  const stamp = join(modules, '.isthmus-lock')
  if (existsSync(join(modules, 'node/bin/node')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  let installed = false
  const kept = await cached(`npm-${wanted}`, async beside => {
    await install(root, modules)
    await shared(modules, join(beside, 'node_modules'))
    installed = true
  })
  if (!installed) {
    sweep(root)
    const beside = `${modules}.part-${process.pid}`
    await shared(join(kept, 'node_modules'), beside)
    rmSync(modules, { recursive: true, force: true })
    renameSync(beside, modules)
  }
  writeFileSync(stamp, wanted)
}

async function install(root, modules) {
  rmSync(join(modules, '.isthmus-lock'), { force: true })
  await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root })
  if (existsSync(join(modules, 'node/bin/node'))) return
  // npm may be set not to run packages' own scripts; this one fetches Node's binary for the platform.
  await run('npm', ['rebuild', 'node', '--foreground-scripts', '--ignore-scripts=false'], { cwd: root })
}

/** The files of both are the same ones, but for npm's own list, which it writes in place. */
async function shared(from, to) {
  await sameTree(from, to)
  const list = '.package-lock.json'
  rmSync(join(to, list), { force: true })
  copyFileSync(join(from, list), join(to, list))
}
