import { run } from '../common/run.ts'
import { details } from './handler.ts'

await run('details', () => details)
