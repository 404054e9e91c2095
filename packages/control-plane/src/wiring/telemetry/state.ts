import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Event } from '@isthmus/api'
import type { Clock, Log } from '../../runtime/index.ts'

/** What telemetry keeps over a restart: what happened, and where services had endpoints. Measurements begin anew. */
export interface TelemetryState {
  readonly events: readonly Event[]
  readonly regions: Readonly<Record<string, readonly string[]>>
}

const format = 1
/** Events kept on disk: about a megabyte. */
const eventsKept = 2_000

/** One small file, written beside and renamed, at most every few seconds. A file that cannot be read is one that is not there. */
export class TelemetryFile {
  readonly #path: string
  readonly #clock: Clock
  readonly #log: Log
  #wanted: (() => TelemetryState) | undefined
  #cancel: (() => void) | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(path: string, clock: Clock, log: Log) {
    this.#path = path
    this.#clock = clock
    this.#log = log
  }

  async load(): Promise<TelemetryState> {
    const empty = { events: [], regions: {} }
    try {
      const value = JSON.parse(await readFile(this.#path, 'utf8'))
      if (value?.format !== format || !Array.isArray(value.events) || typeof value.regions !== 'object') return empty
      return { events: value.events, regions: value.regions ?? {} }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#log.warn({ file: this.#path, error: String(error) }, 'the timeline of before cannot be read')
      return empty
    }
  }

  /** Soon writes what `state` gives then. */
  save(state: () => TelemetryState): void {
    this.#wanted = state
    this.#cancel ??= this.#clock.after(2_000, () => void this.flush())
  }

  flush(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    const wanted = this.#wanted
    this.#wanted = undefined
    if (wanted) this.#writing = this.#writing.then(() => this.#write(wanted()))
    return this.#writing
  }

  async #write({ events, regions }: TelemetryState): Promise<void> {
    const beside = `${this.#path}.${process.pid}.new`
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
      await writeFile(beside, JSON.stringify({ format, events: events.slice(-eventsKept), regions }), { mode: 0o600 })
      await rename(beside, this.#path)
    } catch (error) {
      this.#log.warn({ file: this.#path, error: String(error) }, 'the timeline cannot be written')
      await rm(beside, { force: true }).catch(() => {})
    }
  }
}
