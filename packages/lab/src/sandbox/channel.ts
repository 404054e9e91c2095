import { connect, Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { type ErrorCode, errors, IsthmusError } from '@isthmus/errors'

/** What one end does for the other. Values are JSON. */
export type Handlers = Readonly<Record<string, (argument: never) => unknown>>

type Message =
  | { readonly id: number; readonly call: string; readonly argument: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string; readonly code?: string }
  | { readonly event: string; readonly argument: unknown }

/** Calls and events in both directions over one stream, a line of JSON each. */
export class Channel {
  readonly closed: Promise<void>
  readonly #stream: Duplex
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  readonly #lenient: boolean
  #next = 1

  /** @param lenient true: only calls that wait for an answer keep the process alive. */
  constructor(stream: Duplex, handlers: Handlers, lenient = false) {
    this.#lenient = lenient
    this.#stream = stream
    const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
    lines.on('line', line => this.#receive(JSON.parse(line), handlers))
    for (const source of [stream, lines]) source.on('error', () => {})
    this.closed = new Promise(resolve => {
      stream.once('close', () => {
        for (const { reject } of this.#waiting.values())
          reject(new IsthmusError('ISM1111', 'the connection to it closed'))
        this.#waiting.clear()
        resolve()
      })
    })
  }

  call<T>(name: string, argument: unknown = {}): Promise<T> {
    if (this.#stream.destroyed) return Promise.reject(new IsthmusError('ISM1111', 'the connection to it closed'))
    const id = this.#next++
    this.#hold(true)
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      this.#send({ id, call: name, argument })
    })
  }

  tell(event: string, argument: unknown): void {
    if (!this.#stream.destroyed) this.#send({ event, argument })
  }

  close(): void {
    this.#stream.destroy()
  }

  #hold(on: boolean) {
    if (!this.#lenient || !(this.#stream instanceof Socket)) return
    if (on) this.#stream.ref()
    else this.#stream.unref()
  }

  #send(message: Message) {
    this.#stream.write(`${JSON.stringify(message)}\n`)
  }

  #receive(message: Message, handlers: Handlers) {
    if ('event' in message) return void handlers[message.event]?.(message.argument as never)
    if ('call' in message) return void this.#answer(message.id, message.call, message.argument, handlers)
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (this.#waiting.size === 0) this.#hold(false)
    if ('error' in message) waiting?.reject(asError(message.error, message.code))
    else waiting?.resolve(message.result)
  }

  async #answer(id: number, name: string, argument: unknown, handlers: Handlers) {
    try {
      const handler = handlers[name]
      if (!handler) throw new Error(`there is no call ${name}`)
      this.#send({ id, result: (await handler(argument as never)) ?? null })
    } catch (error) {
      const code = error instanceof IsthmusError ? error.code : undefined
      this.#send({ id, error: (error as Error).message, code })
    }
  }
}

const asError = (message: string, code: string | undefined) =>
  code && code in errors ? new IsthmusError(code as ErrorCode, message) : new Error(message)

/** Connects to a unix socket. */
export function dial(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: true })
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}
