import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'
import { needGo } from './tools.mjs'

export const name = 'Kubernetes binary'

export async function ensure(root, tell) {
  if (process.env.ISTHMUS_KUBE) return checkGiven(process.env.ISTHMUS_KUBE)
  needGo()
  const long = setTimeout(() => tell('the first build takes about 5 minutes on 2 cores; it is then kept'), 3_000)
  try {
    await run(process.execPath, [join(root, 'packages/kube-binary/build.mjs')])
  } finally {
    clearTimeout(long)
  }
}

function checkGiven(path) {
  if (!existsSync(path)) throw new Error(`ISTHMUS_KUBE names ${path}, which is not there`)
  execFileSync(path, ['kubectl', 'version', '--client'], { stdio: 'ignore' })
}
