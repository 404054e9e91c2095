import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { nodeArguments, nodeEnvironment } from '../../../bin/launch.mjs'

/** `isthmus serve` over a directory, as a process of its own. */
export class Server {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(port: number, child: ChildProcess) {
    this.port = port
    this.#child = child
  }

  /** Resolves when it serves. */
  static async start(directory: string): Promise<Server> {
    const port = await freePort()
    const args = [
      ...nodeArguments('serve'),
      'serve',
      '--config',
      directory,
      '--xds-address',
      `127.0.0.1:${port}`,
      '--plaintext',
    ]
    const child = spawn(process.execPath, args, {
      env: nodeEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise<void>((resolve, reject) => {
      let said = ''
      child.stdout?.on('data', piece => {
        said += piece
        if (said.includes('"serving"')) resolve()
      })
      child.once('exit', code => reject(new Error(`isthmus serve ended with ${code}: ${said}`)))
    })
    return new Server(port, child)
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** Seconds of CPU since it was started. */
  get cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8')
    // After the name, which may hold spaces: utime and stime are the 12th and 13th fields.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  }

  /** Memory in use now, MiB. */
  get residentMebibytes(): number {
    const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? []
    return Math.round(Number(kibibytes) / 1024)
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.kill('SIGTERM')
    await ended
  }
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
