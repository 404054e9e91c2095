import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type Clock, systemClock } from '../time.ts'
import type { Documents } from './documents.ts'

const mostChars = 512 * 1024
/** Milliseconds for one text; what takes the parser a second at most goes twice into it on a busy machine. */
const mostMs = 3_000
/** Milliseconds after the last text until the thread is given back. */
const idleMs = 30_000
/** Texts of one sender that may wait at a time: who sends bad ones makes themselves wait, and others a moment. */
const mostOfOne = 2
const limits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16 }

/** Why a YAML text was not read. */
export class YamlError extends Error {
  readonly why: 'invalid' | 'tooLarge' | 'tooSlow' | 'tooMany'
  /** Where it is invalid, as far as the parser says it. */
  readonly line: number | undefined

  constructor(why: YamlError['why'], message: string, line?: number) {
    super(message)
    this.name = 'YamlError'
    this.why = why
    this.line = line
  }
}

/**
 * Reads YAML that comes from outside, in a thread of its own: a parser has texts that take it minutes, and all else waits for
 * what runs beside it. One text at a time, with a bound on its size, time and memory.
 */
export class YamlReader {
  readonly #clock: Clock
  #worker: Worker | undefined
  #last: Promise<unknown> = Promise.resolve()
  #cancelIdle = () => {}
  readonly #waiting = new Map<string, number>()

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /** The values of its documents. Throws YamlError. @param sender whoever gave it; each has a turn */
  async read(text: string, sender: string): Promise<readonly unknown[]> {
    if (text.length > mostChars) throw new YamlError('tooLarge', `it has more than ${mostChars} characters`)
    const waiting = this.#waiting.get(sender) ?? 0
    if (waiting >= mostOfOne) throw new YamlError('tooMany', `${waiting} of the same sender are being read`)
    this.#waiting.set(sender, waiting + 1)
    try {
      const turn = this.#last.then(() => this.#ask(text))
      this.#last = turn.catch(() => {})
      const documents = await turn
      if ('values' in documents) return documents.values
      throw new YamlError('invalid', documents.refused, documents.line)
    } finally {
      const left = (this.#waiting.get(sender) ?? 1) - 1
      if (left > 0) this.#waiting.set(sender, left)
      else this.#waiting.delete(sender)
    }
  }

  async close(): Promise<void> {
    this.#cancelIdle()
    await this.#end()
  }

  async #ask(text: string): Promise<Documents> {
    this.#cancelIdle()
    const worker = this.#worker ?? this.#start()
    const tooLong = new AbortController()
    const cancel = this.#clock.after(mostMs, () => tooLong.abort())
    try {
      const answer = once(worker, 'message', { signal: tooLong.signal })
      worker.postMessage(text)
      return JSON.parse((await answer)[0]) as Documents
    } catch (error) {
      await this.#end()
      if (tooLong.signal.aborted) throw new YamlError('tooSlow', `reading it takes more than ${mostMs / 1000} s`)
      if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error
      throw new YamlError('tooSlow', 'reading it takes more memory than one text may')
    } finally {
      cancel()
      this.#cancelIdle = this.#clock.after(idleMs, () => void this.#end())
    }
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { resourceLimits: limits })
    // Nobody waits for it at the end; and what it fails with is heard by who asked.
    worker.unref()
    worker.on('error', () => {})
    this.#worker = worker
    return worker
  }

  async #end(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }
}
