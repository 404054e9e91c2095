import { IsthmusError } from '@isthmus/errors'
import { buildProgram } from './program.ts'

const program = await buildProgram(process.argv[2])
try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof IsthmusError) console.error(error.text)
  else console.error(error)
  // What the command had begun must not keep it: a control plane whose API cannot be served ends, and is started anew.
  process.exit(1)
}
