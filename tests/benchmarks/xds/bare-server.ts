import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { Recording } from './client/fleet.ts'
import type { Mode } from './client/sidecar.ts'
import { cpuSecondsOf } from './process.ts'

/** What a bare server sends: what sidecars were sent when they connected, and what brought each kind of change. */
export interface BareOrder {
  readonly recordings: readonly Recording[]
  readonly mode: Mode
  readonly changes: readonly BareChange[]
}

export interface BareChange {
  readonly kind: string
  /** A whole response, and what in it is replaced by another marker of the same length. */
  readonly response: Uint8Array
  readonly marker: string
}

/** The process of `bare.ts`. */
export class BareServer {
  readonly port: number
  /** Where a POST of /KIND?marker=TEXT makes a change. */
  readonly post: number
  readonly #child: ChildProcess

  private constructor(port: number, post: number, child: ChildProcess) {
    this.port = port
    this.post = post
    this.#child = child
  }

  static async start(order: BareOrder): Promise<BareServer> {
    const child = fork(join(import.meta.dirname, 'bare.ts'), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
    })
    const ports = await new Promise<BarePorts>((resolve, reject) => {
      child.once('message', message => resolve(message as BarePorts))
      child.once('exit', code => reject(new Error(`the bare server ended with ${code}`)))
      child.send(order)
    })
    return new BareServer(ports.port, ports.post, child)
  }

  get pid(): number {
    return this.#child.pid!
  }

  get cpuSeconds(): number {
    return cpuSecondsOf(this.pid)
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.disconnect()
    await ended
  }
}

export interface BarePorts {
  readonly port: number
  readonly post: number
}
