import { IsthmusError } from '@isthmus/errors'
import { buildProgram } from './program.ts'

const program = await buildProgram(process.argv[2])
try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof IsthmusError) console.error(error.text)
  else console.error(error)
  process.exitCode = 1
}
