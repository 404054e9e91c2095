// `npm test`: set-up, then every check and test; the last line is `N passed, N failed`.
// `npm test -- checks unit` runs only the named stages: checks, unit, features, lab.
import { join } from 'node:path'
import { attached } from './attached.mjs'
import { node24, root, setupOrExit } from './setup.mjs'

await setupOrExit()
process.exit(await attached(node24, [join(root, 'scripts/test/stages.mjs'), ...process.argv.slice(2)]))
