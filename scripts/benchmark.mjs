// `npm run benchmark -- NAME [arguments]`: figures, with their spread; nothing here passes or fails.
import { join } from 'node:path'
import { attached } from './attached.mjs'
import { ensureChromium } from './setup/chromium.mjs'
import { node24, progress, root, setupOrExit } from './setup.mjs'

const [name, ...rest] = process.argv.slice(2)
const usage = `usage: npm run benchmark -- NAME [options]

  lab      the world, the tutorial, and what a loss costs
  xds      how long a change takes to the last of many sidecars, and what it costs
  envoy    what following the mesh costs a real Envoy
  console  how fast the console is there

Each has --help.`
if (name === '--help' || name === '-h') {
  console.log(usage)
  process.exit(0)
}
const file = join(root, 'tests/benchmarks', `${name}.ts`)
if (!['lab', 'xds', 'envoy', 'console'].includes(name)) {
  console.error(usage)
  process.exit(2)
}
await setupOrExit()
if (name === 'console') await ensureChromium(progress)
process.exit(await attached(node24, ['--disable-warning=ExperimentalWarning', file, ...rest], { cwd: root }))
