import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { nodeArguments, nodeEnvironment } from '../../bin/launch.mjs'
import { hashOf } from './cache.mjs'
import { filesUnder } from './files.mjs'
import { run } from './run.mjs'

export const name = 'the control plane, compiled'

const inputs = [
  'bin/launch.mjs',
  'packages/api/src',
  'packages/cli/src',
  'packages/control-plane/src',
  'packages/envoy-api/generate.mjs',
  'packages/envoy-api/src',
  'packages/errors/src',
  'packages/kubernetes/src',
  'package-lock.json',
]

/** All that `isthmus serve` may load. */
const modules = [
  'cli/src/program.ts',
  ...['directory', 'mesh', 'api'].map(part => `control-plane/src/wiring/${part}.ts`),
]

/**
 * Loads the control plane's modules once, so that Node keeps them without types and compiled: else the first start would take
 * twice the time, and hold the memory of what strips types for as long as it runs.
 */
export async function ensure(root) {
  const files = inputs.flatMap(path => filesUnder(root, path)).sort()
  const wanted = hashOf(root, ...files.flatMap(file => [file, readFileSync(join(root, file))]))
  const stamp = join(root, 'node_modules/.isthmus-compiled')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  const urls = modules.map(file => pathToFileURL(join(root, 'packages', file)).href)
  const load = `await Promise.all(${JSON.stringify(urls)}.map(url => import(url)))`
  const node = join(root, 'node_modules/node/bin/node')
  // What is kept is for the same flags of V8 only.
  const flags = nodeArguments('serve').filter(argument => argument.startsWith('--'))
  await run(node, [...flags, '--input-type=module', '--eval', load], { cwd: root, env: nodeEnvironment() })
  writeFileSync(stamp, wanted)
}
