import { run } from '../common/run.ts'
import { ratings } from './handler.ts'

await run('ratings', () => ratings())
