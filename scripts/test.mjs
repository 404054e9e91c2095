// `npm test`: set-up, then every check and test; the last line is `N passed, N failed`.
import { join } from 'node:path'
import { attached } from './attached.mjs'
import { ensureChromium } from './setup/chromium.mjs'
import { node24, progress, root, setupOrExit } from './setup.mjs'

const asked = process.argv.slice(2)
if (asked.some(word => word === '--help' || word === '-h')) {
  console.log(`usage: npm test [-- STAGE...]

  checks    type checker, linter, import rules
  unit      each package by itself
  features  the control plane through its own door, with real API servers and real Envoys
  lab       the two-region world and the whole tutorial
  console   the console in a real browser, on the real lab

Without a stage, all of them.`)
  process.exit(0)
}
await setupOrExit()
if (asked.length === 0 || asked.includes('console')) await ensureChromium(progress)
process.exit(await attached(node24, [join(root, 'scripts/test/stages.mjs'), ...asked]))
