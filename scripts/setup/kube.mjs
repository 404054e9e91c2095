import { join } from 'node:path'
import { run } from './run.mjs'
import { checkGiven, needGo } from './tools.mjs'

export const name = 'Kubernetes binary'

/** Throws when it can neither be had nor is there. */
export function check() {
  if (process.env.ISTHMUS_KUBE) checkGiven('ISTHMUS_KUBE', ['kubectl', 'version', '--client'])
  else needGo()
}

export async function ensure(root, tell) {
  if (process.env.ISTHMUS_KUBE) return
  const long = setTimeout(() => tell('the first build takes about 5 minutes on 2 cores; it is then kept'), 3_000)
  try {
    await run(process.execPath, [join(root, 'packages/kube-binary/build.mjs')])
  } finally {
    clearTimeout(long)
  }
}
