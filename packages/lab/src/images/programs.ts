import { type Program, programs } from '../programs/index.ts'
import type { ImageTable } from './table.ts'

/** The rows of our own programs; `argv` gives a program's command line as a container runs it. */
export function programRows(argv: (program: Program) => readonly string[]): ImageTable {
  return programs.map(program => ({
    images: program.images.map(image => `${image}:*`),
    entrypoint: argv(program),
    args: [],
    env: program.env ?? {},
    workingDir: '/',
    mounts: [],
  }))
}
