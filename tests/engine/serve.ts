import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { freePort } from '../../packages/control-plane/test/support/free-port.ts'
import type { RuleObject } from './full-objects.ts'

/** `isthmus serve` over a directory of its own, as a process. */
export class Serve {
  readonly #directory = mkdtempSync(join(tmpdir(), 'isthmus-engine-config-'))
  #child: ChildProcess | undefined
  xdsPort = 0
  #apiPort = 0
  /** What it logged: one JSON object a line. */
  log = ''

  /** Writes beside and renames, as tools do: a file is never seen half written. */
  write(file: string, object: RuleObject): void {
    const hidden = join(this.#directory, `.${file}`)
    writeFileSync(hidden, stringify(object))
    renameSync(hidden, join(this.#directory, `${file}.yaml`))
  }

  remove(file: string): void {
    rmSync(join(this.#directory, `${file}.yaml`), { force: true })
  }

  /** Resolves when it serves. */
  async start(): Promise<void> {
    this.xdsPort ||= await freePort()
    this.#apiPort ||= await freePort()
    const cli = join(import.meta.dirname, '../../packages/cli/src/main.ts')
    const addresses = ['--xds-address', `127.0.0.1:${this.xdsPort}`, '--api-address', `127.0.0.1:${this.#apiPort}`]
    const args = [cli, 'serve', '--config', this.#directory, '--plaintext', ...addresses]
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    await new Promise<void>((resolve, reject) => {
      let said = ''
      const hear = (piece: Buffer) => {
        said += piece
        this.log += piece
        if (said.includes('"serving"')) resolve()
      }
      child.stdout?.on('data', hear)
      child.stderr?.on('data', hear)
      child.once('exit', code => reject(new Error(`isthmus serve ended with ${code}: ${said}`)))
    })
    // The API begins a moment after.
    for (let i = 0; i < 200 && !(await this.api('services').catch(() => undefined)); i++) await sleep(25)
  }

  async api<T>(path: string): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.#apiPort}/api/v1/${path}`)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  get residentMebibytes(): number {
    const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8')) ?? []
    return Math.round(Number(kibibytes) / 1024)
  }

  get alive(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null
  }

  /** @param signal SIGKILL is a crash */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child
    if (!child || !this.alive) return
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }

  clean(): void {
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
