import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { KubeObject } from '@isthmus/kubernetes'
import { type Clock, type Log, Pace } from '../runtime/index.ts'

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
  readonly #pace: Pace
  #wanted: (() => KnownState) | undefined
  #cancel: (() => void) | undefined
  #writing: Promise<void> = Promise.resolve()

  /** @param delayMs from a change to its being written, longer where writing takes long; changes meanwhile are written together */
  constructor(path: string, options: { clock: Clock; log: Log; delayMs?: number }) {
    this.path = path
    this.#clock = options.clock
    this.#log = options.log
    this.#pace = new Pace(options.delayMs ?? 500)
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
    this.#cancel ??= this.#clock.after(this.#pace.waitMs, () => {
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
    const began = this.#clock.now()
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 })
      const file = await open(beside, 'w', 0o600)
      try {
        for (const piece of pieces(state)) await file.appendFile(piece)
      } finally {
        await file.close()
      }
      await rename(beside, this.path)
    } catch (error) {
      this.#log.error({ file: this.path, error: String(error) }, 'the last known state cannot be written')
      await rm(beside, { force: true }).catch(() => {})
    }
    this.#pace.took(this.#clock.now() - began)
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
