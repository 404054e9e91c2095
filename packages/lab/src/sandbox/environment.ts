import { existsSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { kubeBinary } from '../binaries.ts'
import { projectRoot } from './paths.ts'

/**
 * Shell lines that put `isthmus` (and a `kubectl` where there is none) on PATH and point KUBECONFIG to the lab. Writes the
 * programs into the lab's folder.
 */
export async function environmentLines(directory: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const bin = join(directory, 'bin')
  await mkdir(bin, { recursive: true })
  await program(join(bin, 'isthmus'), [process.execPath, join(projectRoot, 'bin', 'isthmus.mjs')])
  const others = (env.PATH ?? '').split(delimiter).filter(folder => folder && folder !== bin)
  if (!others.some(folder => existsSync(join(folder, 'kubectl'))))
    await program(join(bin, 'kubectl'), [kubeBinary(env), 'kubectl'])
  return [
    // The shell's own PATH, not ours: npx puts folders of its own into ours, with a node that is not the user's.
    `case ":$PATH:" in *:${quoted(bin)}:*) ;; *) export PATH=${quoted(bin)}:"$PATH" ;; esac`,
    `export KUBECONFIG=${quoted(join(directory, 'kubeconfig'))}`,
    ...(env.ISTHMUS_LAB_DIR ? [`export ISTHMUS_LAB_DIR=${quoted(env.ISTHMUS_LAB_DIR)}`] : []),
  ].join('\n')
}

async function program(file: string, command: readonly string[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `#!/bin/sh\nexec ${command.map(quoted).join(' ')} "$@"\n`)
  await chmod(file, 0o755)
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
