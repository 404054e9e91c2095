import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, extname, join, relative } from 'node:path'
import { commands, nodeFlags, type Program, programs, root } from './index.ts'

/** Programs ready to run: their types stripped once, so that no process carries the parser (11 MB each). */
export interface Prepared {
  /** The command line of a program. */
  argv(program: Program): readonly string[]
  /** A folder with one executable for each of `commands`. */
  readonly bin: string
}

const folders = ['samples/bookinfo/src', 'packages/lab/src/programs']

/**
 * Writes the programs into `folder` as JavaScript, and their commands into `folder`/bin. `node` is the Node that will run
 * them.
 */
export async function preparePrograms(folder: string, node = process.execPath): Promise<Prepared> {
  const files = (await Promise.all(folders.map(list))).flat()
  await Promise.all(files.map(file => place(file, folder)))
  const script = (main: string) => join(folder, main.replace(/\.ts$/, '.mjs'))
  const bin = join(folder, 'bin')
  await mkdir(bin, { recursive: true })
  for (const [name, main] of Object.entries(commands)) {
    const path = join(bin, name)
    await writeFile(path, `#!/bin/sh\nexec ${[node, ...nodeFlags, script(main)].map(quote).join(' ')} "$@"\n`)
    await chmod(path, 0o755)
  }
  const known = new Set(programs)
  return {
    bin,
    argv(program) {
      if (!known.has(program)) throw new TypeError(`${program.name} is not one of the programs`)
      return [node, ...nodeFlags, script(program.main), ...(program.arguments ?? [])]
    },
  }
}

async function list(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile()).map(entry => relative(root, join(entry.parentPath, entry.name)))
}

async function place(file: string, folder: string): Promise<void> {
  const target = join(folder, file.replace(/\.ts$/, '.mjs'))
  await mkdir(dirname(target), { recursive: true })
  if (extname(file) !== '.ts') return cp(join(root, file), target)
  await writeFile(target, toJavaScript(await readFile(join(root, file), 'utf8')))
}

/** Without types, and importing its neighbours by their new names. */
export function toJavaScript(source: string): string {
  return stripTypeScriptTypes(source).replace(/(\bfrom\s+|\bimport\s*\(?\s*)(['"])(\.[^'"\n]*)\.ts\2/g, '$1$2$3.mjs$2')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
