// `npm run demo`: set up what is missing, then the tutorial. Arguments go to `isthmus tutorial`.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { node24, root, setupOrExit } from './setup.mjs'

const seconds = await setupOrExit()
const child = spawn(
  node24,
  [
    '--disable-warning=ExperimentalWarning',
    join(root, 'packages/cli/src/main.ts'),
    'tutorial',
    ...process.argv.slice(2),
  ],
  {
    stdio: 'inherit',
    env: { ...process.env, ISTHMUS_SETUP_SECONDS: seconds.toFixed(1) },
  },
)
// The terminal sends Ctrl-C to the whole group: the tutorial takes its world down, we wait for it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
