// `npm test`: set-up, then every check and test; the last line is `N passed, N failed`.
// `npm test -- checks unit` runs only the named stages: checks, unit, features, lab, console.
import { join } from 'node:path'
import { attached } from './attached.mjs'
import { ensureChromium } from './setup/chromium.mjs'
import { node24, progress, root, setupOrExit } from './setup.mjs'

const asked = process.argv.slice(2)
await setupOrExit()
if (asked.length === 0 || asked.includes('console')) await ensureChromium(progress)
process.exit(await attached(node24, [join(root, 'scripts/test/stages.mjs'), ...asked]))
