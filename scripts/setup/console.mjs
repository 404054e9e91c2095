import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached, hashOf, sameTree, sweep } from './cache.mjs'
import { filesUnder } from './files.mjs'
import { run } from './run.mjs'

export const name = 'the web console'

const inputs = [
  'packages/console/src',
  'packages/console/public',
  'packages/console/index.html',
  'packages/console/vite.config.ts',
  'packages/api/src/paths.ts',
  'package-lock.json',
]

/** Builds packages/console/dist with Vite when it is not what the sources make; what was built once is in the cache. */
export async function ensure(root) {
  const dist = join(root, 'packages/console/dist')
  const files = inputs.flatMap(path => filesUnder(root, path)).sort()
  const wanted = hashOf(...files.flatMap(file => [file, readFileSync(join(root, file))]))
  const stamp = join(dist, '.isthmus-sources')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  const kept = await cached(`console-${wanted}`, async beside => {
    const node = join(root, 'node_modules/node/bin/node')
    const out = join(beside, 'dist')
    await run(
      node,
      [
        ...[join(root, 'node_modules/vite/bin/vite.js'), 'build', join(root, 'packages/console')],
        ...['--outDir', out, '--emptyOutDir', '--logLevel', 'error'],
      ],
      { cwd: root, env: { ...process.env, NODE_ENV: 'production' } },
    )
    writeFileSync(join(out, '.isthmus-sources'), wanted)
  })
  sweep(join(root, 'packages/console'))
  const beside = `${dist}.part-${process.pid}`
  await sameTree(join(kept, 'dist'), beside)
  rmSync(dist, { recursive: true, force: true })
  renameSync(beside, dist)
}
