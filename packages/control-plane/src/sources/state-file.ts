import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { KubeObject } from '@isthmus/kubernetes'
import type { Clock, Log } from '../runtime/index.ts'

/** Last known objects of one source, by kind. */
export interface KnownState {
  /** Milliseconds since the epoch of the API's last word. */
  readonly lastContact: number
  readonly objects: Readonly<Record<string, readonly KubeObject[]>>
}

const format = 1

/**
 * A source's last known objects on disk, so that a restart while its API is away empties nothing. Written beside and
 * renamed: a crash leaves the version before. Only the owner may read it: gateways' keys are among the objects.
 */
export class StateFile {
  readonly path: string
  readonly #clock: Clock
  readonly #log: Log
  readonly #delayMs: number
  #wanted: (() => KnownState) | undefined
  #cancel: (() => void) | undefined
  #writing: Promise<void> = Promise.resolve()

  /** @param delayMs from a change to its being written; changes meanwhile are written together */
  constructor(path: string, options: { clock: Clock; log: Log; delayMs?: number }) {
    this.path = path
    this.#clock = options.clock
    this.#log = options.log
    this.#delayMs = options.delayMs ?? 500
  }

  /** Undefined where nothing is kept, or what is kept cannot be read (logged). */
  async load(): Promise<KnownState | undefined> {
    try {
      const value = JSON.parse(await readFile(this.path, 'utf8'))
      if (value?.format === format && typeof value.objects === 'object') return value
      this.#log.warn({ code: 'ISM4206', file: this.path }, 'the last known state has an unknown format and is not used')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#log.warn(
          { code: 'ISM4206', file: this.path, error: String(error) },
          'the last known state cannot be read',
        )
    }
    return undefined
  }

  /** Soon writes what `state` gives then. */
  save(state: () => KnownState): void {
    this.#wanted = state
    this.#cancel ??= this.#clock.after(this.#delayMs, () => {
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

  /** The source has left the mesh: nothing of it is kept. */
  async remove(): Promise<void> {
    this.#wanted = undefined
    await this.flush()
    await rm(this.path, { force: true })
  }

  async #write(state: KnownState): Promise<void> {
    const beside = `${this.path}.${process.pid}.new`
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 })
      await writeFile(beside, JSON.stringify({ format, ...state }), { mode: 0o600 })
      await rename(beside, this.path)
    } catch (error) {
      this.#log.error({ file: this.path, error: String(error) }, 'the last known state cannot be written')
      await rm(beside, { force: true }).catch(() => {})
    }
  }
}
