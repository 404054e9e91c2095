import { join } from 'node:path'
import { run } from './run.mjs'

export const name = "Envoy's messages"

export async function ensure(root) {
  await run(process.execPath, [join(root, 'packages/envoy-api/generate.mjs')])
}
