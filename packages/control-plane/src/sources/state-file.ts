import { readFile } from 'node:fs/promises'
import type { KubeObject } from '@isthmus/kubernetes'
import type { Clock, Log } from '../runtime/index.ts'
import { KeptFile } from './kept-file.ts'

/** Last known objects of one source, by kind. */
export interface KnownState {
  /** Milliseconds since the epoch of the API's last word. */
  readonly lastContact: number
  readonly objects: Readonly<Record<string, readonly KubeObject[]>>
}

const format = 1

/**
 * A source's last known objects on disk, so that a restart while its API is away empties nothing. Gateways' keys are among
 * the objects.
 */
export class StateFile extends KeptFile<KnownState> {
  readonly #log: Log

  constructor(path: string, { clock, log, delayMs = 500 }: { clock: Clock; log: Log; delayMs?: number }) {
    const failed = (error: unknown) =>
      log.error({ file: path, error: String(error) }, 'the last known state cannot be written')
    super(path, { clock, delayMs, text: pieces, failed })
    this.#log = log
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
}

/** About how many characters are made ready at once: the objects of a large cluster would take a long turn of the event loop. */
const pieceSize = 131_072

/** The state as JSON, in pieces. */
function* pieces({ lastContact, objects }: KnownState): Generator<string> {
  let text = `{"format":${format},"lastContact":${lastContact},"objects":{`
  for (const [k, [kind, list]] of Object.entries(objects).entries()) {
    text += `${k > 0 ? ',' : ''}${JSON.stringify(kind)}:[`
    for (let i = 0; i < list.length; i++) {
      text += (i > 0 ? ',' : '') + JSON.stringify(list[i])
      if (text.length < pieceSize) continue
      yield text
      text = ''
    }
    text += ']'
  }
  yield `${text}}}`
}
