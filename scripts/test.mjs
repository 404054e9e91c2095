// `npm test`: set-up, then every check and test; the last line is `N passed, N failed`.
// `npm test -- checks unit` runs only the named stages: checks, unit, features, lab.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { node24, root, setupOrExit } from './setup.mjs'

await setupOrExit()
const child = spawn(node24, [join(root, 'scripts/test/stages.mjs'), ...process.argv.slice(2)], { stdio: 'inherit' })
child.on('exit', code => process.exit(code ?? 1))
