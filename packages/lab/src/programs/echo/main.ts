import { run } from '../../../../../samples/bookinfo/src/common/run.ts'
import { echo } from './handler.ts'

await run('echo', echo, Number(process.env.PORT) || 8080)
