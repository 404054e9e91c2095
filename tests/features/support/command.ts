import { execFile } from 'node:child_process'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

const program = new URL('../../../packages/cli/src/main.ts', import.meta.url).pathname
const ownWords = /^ISTHMUS_API/

/** Runs the command `isthmus` to its end, with nothing of the caller's own settings but what `env` says. */
export function isthmus(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ownWords.test(name)))
  return new Promise(resolve =>
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', program, ...args],
      { env: { ...inherited, NO_COLOR: '1', ...env } },
      (error, out, err) => resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
    ),
  )
}
