import { readFile } from 'node:fs/promises'
import type { Event } from '@isthmus/api'
import type { Clock, Log } from '../../runtime/index.ts'
import { KeptFile } from '../../sources/kept-file.ts'

/** What telemetry keeps over a restart: what happened, and where services had endpoints. Measurements begin anew. */
export interface TelemetryState {
  readonly events: readonly Event[]
  readonly regions: Readonly<Record<string, readonly string[]>>
}

const format = 1
/** Events kept on disk: about a megabyte. */
const eventsKept = 2_000

/** One small file, written every few seconds at most. A file that cannot be read is one that is not there. */
export class TelemetryFile extends KeptFile<TelemetryState> {
  readonly #log: Log

  constructor(path: string, clock: Clock, log: Log) {
    const failed = (error: unknown) => log.warn({ file: path, error: String(error) }, 'the timeline cannot be written')
    super(path, { clock, delayMs: 2_000, text: textOf, failed })
    this.#log = log
  }

  async load(): Promise<TelemetryState> {
    const empty = { events: [], regions: {} }
    try {
      const value = JSON.parse(await readFile(this.path, 'utf8'))
      if (value?.format !== format || !Array.isArray(value.events) || typeof value.regions !== 'object') return empty
      return { events: value.events, regions: value.regions ?? {} }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#log.warn({ file: this.path, error: String(error) }, 'the timeline of before cannot be read')
      return empty
    }
  }
}

function textOf({ events, regions }: TelemetryState): readonly string[] {
  return [JSON.stringify({ format, events: events.slice(-eventsKept), regions })]
}
