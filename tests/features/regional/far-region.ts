import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('far-pods.ts', import.meta.url))
/** More than a queue of 1 takes in (Linux lets in one beyond it). */
const untilFull = 4

/** A region whose connection can be cut: what is open falls silent, what is new gets no answer to its SYN. */
export class FarRegion {
  readonly name: string
  readonly ports: number[] = []
  #process: ChildProcess | undefined
  readonly #queued: Socket[] = []

  constructor(name: string) {
    this.name = name
  }

  async start(pods: number): Promise<this> {
    this.#process = spawn(process.execPath, [program, this.name, String(pods)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [ports] = await once(this.#process.stdout!, 'data')
    this.ports.push(...(JSON.parse(String(ports)) as number[]))
    return this
  }

  /** The process stands still, and the queue of each of its ports is full. */
  async cut(): Promise<void> {
    this.#process?.kill('SIGSTOP')
    for (const port of this.ports)
      for (let i = 0; i < untilFull; i++) this.#queued.push(connect(port, '127.0.0.1').on('error', () => {}))
    await new Promise(resolve => setTimeout(resolve, 200))
  }

  stop(): void {
    for (const socket of this.#queued) socket.destroy()
    this.#process?.kill('SIGKILL')
  }
}
