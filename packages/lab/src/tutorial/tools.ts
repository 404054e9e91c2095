import { type ChildProcess, spawn } from 'node:child_process'
import { root } from '../programs/index.ts'
import type { Narrator } from './narrator.ts'

/** A finished command. */
export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A command that did not do what it should. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly finished: Finished
  constructor(command: string, finished: Finished) {
    super(`${command} ended with ${finished.code}: ${(finished.stderr || finished.stdout).trim()}`)
    this.finished = finished
  }
}

export interface ToolOptions {
  /**
   * Shown to the reader as it would be typed; `whole`: only when it has ended, with its output, for commands that run side
   * by side; false for looks that are repeated.
   */
  readonly show?: boolean | 'whole'
  /** Lines of output shown; 0 shows none. */
  readonly lines?: number
  readonly input?: string
  readonly timeoutSeconds?: number
}

/** The tools a person would use, as child processes with the lab's environment, in the project's root. */
export class Tools {
  readonly #narrator: Narrator
  readonly #env: NodeJS.ProcessEnv
  readonly #kubectl: readonly string[]
  readonly #isthmus: readonly string[]
  readonly #running = new Set<ChildProcess>()
  #closed = false

  /** `kubectl` and `isthmus`: the commands to start, with their first arguments. */
  constructor(narrator: Narrator, env: NodeJS.ProcessEnv, kubectl: readonly string[], isthmus: readonly string[]) {
    this.#narrator = narrator
    this.#env = env
    this.#kubectl = kubectl
    this.#isthmus = isthmus
  }

  /** Runs kubectl in a context; throws `CommandFailed` unless it ends with 0. Gives what it printed. */
  async kubectl(context: string, words: string | readonly string[], options: ToolOptions = {}): Promise<string> {
    const finished = await this.#run(this.#kubectl, ['--context', context, ...split(words)], 'kubectl', options)
    if (finished.code !== 0)
      throw new CommandFailed(shown('kubectl', ['--context', context, ...split(words)]), finished)
    return finished.stdout
  }

  /** The same, answering a failure instead of throwing. */
  tryKubectl(context: string, words: string | readonly string[], options: ToolOptions = {}): Promise<Finished> {
    return this.#run(this.#kubectl, ['--context', context, ...split(words)], 'kubectl', options)
  }

  async isthmus(words: string | readonly string[], options: ToolOptions = {}): Promise<string> {
    const finished = await this.tryIsthmus(words, options)
    if (finished.code !== 0) throw new CommandFailed(shown('isthmus', split(words)), finished)
    return finished.stdout
  }

  tryIsthmus(words: string | readonly string[], options: ToolOptions = {}): Promise<Finished> {
    return this.#run(this.#isthmus, split(words), 'isthmus', options)
  }

  /** Ends what still runs; `forGood`: and starts nothing any more. */
  close(forGood = false): void {
    this.#closed ||= forGood
    for (const child of this.#running) child.kill('SIGTERM')
  }

  async #run(
    command: readonly string[],
    words: readonly string[],
    name: string,
    options: ToolOptions,
  ): Promise<Finished> {
    const show = options.show ?? true
    if (show === true) this.#narrator.command(shown(name, words))
    const finished = await this.#spawn([...command, ...words], options)
    if (show === 'whole') this.#narrator.command(shown(name, words))
    if (show !== false && options.lines !== 0) this.#narrator.output(finished.stdout + finished.stderr, options.lines)
    return finished
  }

  #spawn([command = '', ...words]: readonly string[], options: ToolOptions): Promise<Finished> {
    if (this.#closed) return Promise.resolve({ code: 137, stdout: '', stderr: 'the tutorial has ended' })
    return new Promise((resolve, reject) => {
      const child = spawn(command, words, { cwd: root, env: this.#env, stdio: ['pipe', 'pipe', 'pipe'] })
      this.#running.add(child)
      let stdout = ''
      let stderr = ''
      child.stdout.on('data', chunk => {
        stdout += chunk
      })
      child.stderr.on('data', chunk => {
        stderr += chunk
      })
      const deadline = setTimeout(() => child.kill('SIGKILL'), (options.timeoutSeconds ?? 120) * 1000)
      const end = () => {
        clearTimeout(deadline)
        this.#running.delete(child)
      }
      child.on('error', error => {
        end()
        reject(error)
      })
      child.on('close', code => {
        end()
        resolve({ code: code ?? 137, stdout, stderr })
      })
      child.stdin.on('error', () => {})
      child.stdin.end(options.input)
    })
  }
}

/** Splits as a shell would, single quotes kept together. */
export function split(words: string | readonly string[]): readonly string[] {
  if (typeof words !== 'string') return words
  return [...words.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''))
}

/** A command as a person would type it. */
export function shown(name: string, words: readonly string[]): string {
  return [
    name,
    ...words.map(word => (/^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)),
  ].join(' ')
}
