// `npm run demo`: set up what is missing, then the tutorial. Arguments go to `isthmus tutorial`.
import { join } from 'node:path'
import { attached } from './attached.mjs'
import { node24, root, setupOrExit } from './setup.mjs'

const seconds = await setupOrExit()
const main = join(root, 'packages/cli/src/main.ts')
const env = { ...process.env, ISTHMUS_SETUP_SECONDS: seconds.toFixed(1) }
const args = ['--disable-warning=ExperimentalWarning', main, 'tutorial', ...process.argv.slice(2)]
process.exit(await attached(node24, args, { env }))
