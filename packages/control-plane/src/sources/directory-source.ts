import { existsSync, type FSWatcher, watch } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Log } from '../runtime/index.ts'
import { ConfigFiles, defaultSettleMs, isConfigFile } from './config-files.ts'
import { type FileProblem, problemFinding, problemOf } from './file-problem.ts'
import type { MeshBuilder } from './mesh-builder.ts'
import { PlacedObjects } from './placed-objects.ts'

export interface DirectorySourceOptions {
  readonly directory: string
  readonly builder: MeshBuilder
  readonly clock: Clock
  readonly log: Log
  /** How often files are looked at where the system tells of no change (network file systems). Default 2 s. */
  readonly pollMs?: number
  /** A file changed less than this ago may still be being written: it is read a little later. Default 50 ms. */
  readonly settleMs?: number
  /** Hears of the files that are broken now, whenever that changes. */
  readonly onProblems?: (problems: readonly FileProblem[]) => void
  /** Hears that files have been read, whether they said anything new or not. */
  readonly onRead?: () => void
}

export interface DirectorySource {
  /** Files that are broken now; their last good version is in force. */
  readonly problems: readonly FileProblem[]
  /** When the whole directory was last looked at, milliseconds since the epoch. */
  readonly lastRead: number
  /** Looks at every file now. */
  reread(): Promise<void>
  stop(): void
}

/**
 * The mesh's configuration from a directory's `*.yaml` and `*.yml` files, read again when they change. A file that is broken
 * is reported with its line, and its last good version stays in force. Returns when all files have been read once.
 */
export async function directorySource(options: DirectorySourceOptions): Promise<DirectorySource> {
  const source = new Directory(options)
  await source.reread(true)
  source.watch()
  return source
}

class Directory implements DirectorySource {
  readonly #options: DirectorySourceOptions
  readonly #files: ConfigFiles
  readonly #objects: PlacedObjects
  #trouble: FileProblem | undefined
  /** When the system told of a change that is not read yet. */
  #heardAt: number | undefined
  #lastRead = 0
  #reported = ''
  #watcher: FSWatcher | undefined
  #cancelPoll = () => {}
  /** Files the system told of, to be read at the end of this turn, or a little later. */
  readonly #heard = new Set<string>()
  #cancelHeard: (() => void) | undefined
  readonly #unsettled = new Set<string>()
  #cancelUnsettled: (() => void) | undefined
  #lookWanted = false
  #reading: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(options: DirectorySourceOptions) {
    this.#options = options
    const { directory, clock, settleMs = defaultSettleMs, builder } = options
    this.#files = new ConfigFiles({ directory, clock, settleMs, domain: () => builder.mesh.config.domain })
    this.#objects = new PlacedObjects(builder)
  }

  get problems(): readonly FileProblem[] {
    const { problems } = this.#files
    return this.#trouble ? [this.#trouble, ...problems] : problems
  }

  get lastRead(): number {
    return this.#lastRead
  }

  /** One look at a time; a file being written is left for later, unless `all` wants it as it is. */
  reread(all = false): Promise<void> {
    this.#reading = this.#reading.then(() => this.#look(all))
    return this.#reading
  }

  watch(): void {
    const { clock, directory, pollMs = 2_000 } = this.#options
    if (!this.#watcher) {
      try {
        this.#watcher = watch(directory, { persistent: false }, (_event, name) => this.#hear(name))
        this.#watcher.on('error', () => this.#unwatch())
      } catch {
        // Polling goes on; the next poll tries to watch again.
      }
    }
    this.#cancelPoll = clock.after(pollMs, async () => {
      await this.reread()
      if (!this.#stopped) this.watch()
    })
  }

  stop(): void {
    this.#stopped = true
    this.#cancelPoll()
    this.#cancelHeard?.()
    this.#cancelUnsettled?.()
    this.#unwatch()
  }

  #unwatch(): void {
    this.#watcher?.close()
    this.#watcher = undefined
  }

  /** The system tells of a file. What only stands beside, such as a file that is yet to be renamed, is nothing to us. */
  #hear(name: string | null): void {
    if (this.#stopped || (name?.startsWith('.') && !name.startsWith('..'))) return
    this.#heardAt ??= this.#options.clock.now()
    // No name, the directory itself, or the link that a mounted ConfigMap's files go by (`..data`): it may be any file.
    if (name === null || !isConfigFile(name)) this.#lookSoon()
    else {
      this.#heard.add(name)
      if (this.#cancelHeard) return
      const soon = setImmediate(() => this.#readHeard())
      this.#cancelHeard = () => clearImmediate(soon)
    }
  }

  /**
   * Reads what the system told of without handing it to another thread: it has just been written, here, and the change is
   * waited for.
   */
  #readHeard(): void {
    this.#cancelHeard = undefined
    const names = [...this.#heard]
    this.#heard.clear()
    if (names.some(name => !existsSync(join(this.#options.directory, name)))) this.#lookSoon()
    else this.#take(names, false)
  }

  #readLater(name: string): void {
    const { clock, settleMs = defaultSettleMs } = this.#options
    this.#unsettled.add(name)
    this.#cancelUnsettled ??= clock.after(settleMs, () => {
      this.#cancelUnsettled = undefined
      for (const unsettled of this.#unsettled) this.#hear(unsettled)
      this.#unsettled.clear()
    })
  }

  /** However often it is called before the look begins, it is one. */
  #lookSoon(): void {
    if (this.#lookWanted) return
    this.#lookWanted = true
    void this.reread()
  }

  /** Looks at every file of the directory. */
  async #look(all: boolean): Promise<void> {
    this.#lookWanted = false
    if (this.#stopped) return
    const { directory, clock } = this.#options
    let names: string[]
    try {
      names = (await readdir(directory)).filter(isConfigFile).sort()
      this.#trouble = undefined
    } catch (error) {
      // The directory may come back: what was read before stays in force.
      this.#trouble = problemOf('ISM4202', directory, 1, (error as Error).message)
      this.#unwatch()
      this.#tell()
      return
    }
    const suspects: string[] = []
    for (const name of names) if (await this.#files.differs(name)) suspects.push(name)
    if (this.#stopped) return
    const there = new Set(names)
    // What came while this look was under way is not in its list.
    for (const name of this.#files.names) if (!there.has(name) && !existsSync(join(directory, name))) this.#forget(name)
    this.#take(suspects, all)
    this.#lastRead = clock.now()
  }

  /** Reads these files, and hands on what they changed. */
  #take(names: readonly string[], all: boolean): void {
    const { builder, clock } = this.#options
    const heardAt = this.#heardAt
    this.#heardAt = undefined
    const changed = names.filter(name => {
      const now = this.#files.read(name, all)
      if (now === 'unsettled') this.#readLater(name)
      return now === 'changed'
    })
    // The change counts from when the system told of it, not from when its file had been read.
    if (changed.length > 0 && heardAt !== undefined) builder.heard(clock.now() - heardAt)
    for (const name of changed) this.#objects.set(name, this.#files.objects(name))
    this.#tell()
    if (changed.length > 0) builder.flush()
    if (names.length > 0) this.#options.onRead?.()
  }

  #forget(name: string): void {
    this.#files.forget(name)
    this.#objects.set(name, [])
  }

  #tell(): void {
    const { problems } = this
    const text = JSON.stringify(problems)
    if (text === this.#reported) return
    const before = this.#reported
    this.#reported = text
    for (const p of problems) {
      if (before.includes(JSON.stringify(p))) continue
      this.#options.log.error({ code: p.code, file: p.file, line: p.line }, `${p.file}:${p.line}: ${p.message}`)
    }
    if (problems.length === 0 && before !== '') this.#options.log.info({}, 'all files are good again')
    this.#options.builder.report(
      'directory',
      problems.map(p => problemFinding(p, 'error')),
    )
    this.#options.onProblems?.(problems)
  }
}
