import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Clock, Pace } from '../runtime/index.ts'

export interface KeptFileOptions<T> {
  readonly clock: Clock
  /** Milliseconds from a change to its being written, longer where writing takes long; changes meanwhile are written together. */
  readonly delayMs: number
  /** The text, in pieces that each take a short turn of the event loop. */
  readonly text: (value: T) => Iterable<string>
  /** Hears that it could not be written; the version before stays. */
  readonly failed: (error: unknown) => void
}

/**
 * What a restart begins with, on disk. Written beside and renamed: a crash leaves the version before. Only the owner may
 * read it.
 */
export class KeptFile<T> {
  readonly path: string
  readonly #options: KeptFileOptions<T>
  readonly #pace: Pace
  #wanted: (() => T) | undefined
  #cancel: (() => void) | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(path: string, options: KeptFileOptions<T>) {
    this.path = path
    this.#options = options
    this.#pace = new Pace(options.delayMs)
  }

  /** Soon writes what `value` gives then. */
  save(value: () => T): void {
    this.#wanted = value
    this.#cancel ??= this.#options.clock.after(this.#pace.waitMs, () => {
      this.#cancel = undefined
      void this.flush()
    })
  }

  /** Writes what waits to be written, now. */
  flush(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    const wanted = this.#wanted
    this.#wanted = undefined
    if (wanted) this.#writing = this.#writing.then(() => this.#write(wanted()))
    return this.#writing
  }

  /** Nothing of it is kept any more. */
  async remove(): Promise<void> {
    this.#wanted = undefined
    await this.flush()
    await rm(this.path, { force: true })
  }

  async #write(value: T): Promise<void> {
    const { clock, text, failed } = this.#options
    const beside = `${this.path}.${process.pid}.new`
    const began = clock.now()
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 })
      const file = await open(beside, 'w', 0o600)
      try {
        for (const piece of text(value)) await file.appendFile(piece)
      } finally {
        await file.close()
      }
      await rename(beside, this.path)
    } catch (error) {
      failed(error)
      await rm(beside, { force: true }).catch(() => {})
    }
    this.#pace.took(clock.now() - began)
  }
}
