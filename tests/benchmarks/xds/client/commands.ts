import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { FleetOptions, Recording } from './fleet.ts'
import type { Type } from './names.ts'

export interface ChangeOrder {
  /** What makes the change; time runs from just before. */
  readonly by: ChangeMaker
  /** What says that a sidecar has the change: a response of the type with this text in it. */
  readonly type: Type
  readonly marker: string
}

/** A file renamed into place with this text, or a URL that something is posted to. */
export type ChangeMaker = { readonly file: string; readonly text: string } | { readonly post: string }

export interface Changed {
  /** Milliseconds until each sidecar had it, sorted. */
  readonly times: readonly number[]
  /** The response in which the first of them had it, where they were connected to be recorded. */
  readonly response?: Uint8Array
}

export type Command = { readonly id: number } & (
  | ({ readonly kind: 'connect' } & FleetOptions)
  | ({ readonly kind: 'change' } & ChangeOrder)
  | { readonly kind: 'state' | 'close' }
)

export type Reply = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string })

export interface Connected {
  /** Until the last was fully configured. */
  readonly ms: number
  readonly recordings: readonly Recording[]
  /** Connections that broke before that and were made again. */
  readonly retries: number
}

/** A fleet of sidecars in a process of its own. */
export class FleetProcess {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  #ids = 0

  constructor() {
    this.#child = fork(join(import.meta.dirname, 'process.ts'), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
    })
    this.#child.on('message', (reply: Reply) => {
      this.#waiting.get(reply.id)?.(reply)
      this.#waiting.delete(reply.id)
    })
    this.#child.on('exit', code => {
      for (const [id, tell] of this.#waiting) tell({ id, error: `the process of sidecars ended with ${code}` })
    })
  }

  /** Resolves once every sidecar is fully configured, with the milliseconds it took them. */
  connect(options: FleetOptions): Promise<Connected> {
    return this.#ask({ kind: 'connect', ...options })
  }

  /** Resolves once every sidecar has the change. */
  change(order: ChangeOrder): Promise<Changed> {
    return this.#ask({ kind: 'change', ...order })
  }

  /** Bytes received by all sidecars, and CPU seconds of the process. */
  state(): Promise<{ readonly received: number; readonly cpuSeconds: number }> {
    return this.#ask({ kind: 'state' })
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.disconnect()
    await ended
  }

  #ask<T>(command: Record<string, unknown>): Promise<T> {
    const id = ++this.#ids
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, reply => {
        if ('error' in reply) reject(new Error(reply.error))
        else resolve(reply.value as T)
      })
      this.#child.send({ id, ...command })
    })
  }
}
