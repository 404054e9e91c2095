import { type ChildProcess, spawn } from 'node:child_process'
import { nodeArguments, nodeEnvironment } from '../../../bin/launch.mjs'
import { freePort } from '../../../packages/control-plane/test/support/free-port.ts'
import { onEnd } from '../on-end.ts'
import { cpuSecondsOf, residentMebibytesOf } from './process.ts'

/** `isthmus serve` over a directory, as a process of its own. */
export class Server {
  readonly port: number
  /** From starting the process until it said that it serves. */
  readonly startSeconds: number
  readonly #child: ChildProcess

  private constructor(port: number, startSeconds: number, child: ChildProcess) {
    this.port = port
    this.startSeconds = startSeconds
    this.#child = child
  }

  /** Resolves when it serves. `more`: further arguments of `isthmus serve`. */
  static async start(directory: string, more: readonly string[] = []): Promise<Server> {
    const port = await freePort()
    const began = performance.now()
    const args = [
      ...nodeArguments('serve'),
      'serve',
      '--config',
      directory,
      '--xds-address',
      `127.0.0.1:${port}`,
      '--plaintext',
      ...more,
    ]
    const child = spawn(process.execPath, args, {
      env: nodeEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.once(
      'exit',
      onEnd(() => child.kill('SIGKILL')),
    )
    await new Promise<void>((resolve, reject) => {
      let said = ''
      child.stdout?.on('data', piece => {
        said += piece
        if (said.includes('"serving"')) resolve()
      })
      child.once('exit', code => reject(new Error(`isthmus serve ended with ${code}: ${said}`)))
    })
    return new Server(port, (performance.now() - began) / 1000, child)
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** Seconds of CPU since it was started. */
  get cpuSeconds(): number {
    return cpuSecondsOf(this.pid)
  }

  /** Memory in use now, MiB. */
  get residentMebibytes(): number {
    return residentMebibytesOf(this.pid)
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.kill('SIGTERM')
    await ended
  }
}
