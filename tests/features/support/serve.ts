import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const program = new URL('../../../bin/isthmus.mjs', import.meta.url).pathname

/** A running `isthmus serve`, the process that an operator starts. */
export interface Serving {
  /** Of its HTTP API, as it logged it: `https://127.0.0.1:PORT`. */
  readonly api: string
  /** Lines of its log. */
  readonly logged: readonly string[]
  stop(): Promise<void>
}

export interface Around {
  /** Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv
  /** A command that runs it: its words come before. */
  readonly under?: readonly string[]
}

/** Starts it, and resolves when it serves. Throws what it said where it ends before. */
export async function serve(args: readonly string[], { env = process.env, under = [] }: Around = {}): Promise<Serving> {
  const [command = '', ...rest] = [...under, process.execPath, program, 'serve', ...args]
  const child = spawn(command, rest, { env })
  const logged: string[] = []
  let api = ''
  let served = false
  const ended = once(child, 'exit')
  const told = new Promise<void>(resolve => {
    createInterface({ input: child.stdout! }).on('line', line => {
      logged.push(line)
      const { api: at, msg } = JSON.parse(line) as { api?: string; msg?: string }
      if (at) api = at
      if (msg === 'serving') served = true
      if (served && api) resolve()
    })
  })
  createInterface({ input: child.stderr! }).on('line', line => logged.push(line))
  const early = ended.then(([code]) => {
    throw new Error(`isthmus serve ended with ${code}: ${logged.slice(-10).join('\n')}`)
  })
  try {
    await Promise.race([told, early])
  } catch (error) {
    await stop(child, ended)
    throw error
  }
  early.catch(() => {})
  return { api, logged, stop: () => stop(child, ended) }
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM')
  await ended
}
