// `npm run benchmark -- NAME [arguments]`: figures, with their spread; nothing here passes or fails.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { attached } from './attached.mjs'
import { ensureChromium } from './setup/chromium.mjs'
import { node24, progress, root, setupOrExit } from './setup.mjs'

const [name, ...rest] = process.argv.slice(2)
const file = join(root, 'tests/benchmarks', `${name}.ts`)
if (!name || !/^[a-z]+$/.test(name) || !existsSync(file)) {
  console.error('usage: npm run benchmark -- lab [--runs N] [--json FILE]')
  console.error(
    '       npm run benchmark -- xds [--sidecars N] [--mode delta|sotw] [--changes N] [--services N] [--json FILE] [--markdown]',
  )
  console.error('                                [--churn] [--curves] [--slow N] [--scoped] [--all]')
  console.error(
    '       npm run benchmark -- envoy [--services N] [--changes N] [--runs N] [--concurrency N] [--json FILE]',
  )
  console.error('       npm run benchmark -- console [--services N] [--runs N] [--json FILE] [--markdown]')
  process.exit(2)
}
await setupOrExit()
if (name === 'console') await ensureChromium(progress)
process.exit(await attached(node24, ['--disable-warning=ExperimentalWarning', file, ...rest], { cwd: root }))
