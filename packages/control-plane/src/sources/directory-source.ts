import { type FSWatcher, watch } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding } from '../model/index.ts'
import type { Clock, Log } from '../runtime/index.ts'
import { checkObject, isConfiguration } from './check-object.ts'
import { type FileProblem, problemFinding, problemOf } from './file-problem.ts'
import { keyOf, type MeshBuilder } from './mesh-builder.ts'
import { type DocumentCache, lineOfField, type PlacedObject, readObjects } from './yaml-file.ts'

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

interface KnownFile {
  /** Size, time and inode: unchanged, the file is not read. */
  readonly stamp: string
  readonly inode: number
  readonly text: string
  /** Of the last good version. */
  readonly objects: readonly PlacedObject[]
  readonly problems: readonly FileProblem[]
  readonly cache: DocumentCache
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
  readonly #files = new Map<string, KnownFile>()
  /** Objects found good once: an edit elsewhere in their file need not check them again. */
  readonly #good = new WeakSet<object>()
  #trouble: FileProblem | undefined
  /** When the system told of a change that is not read yet. */
  #heardAt: number | undefined
  #lastRead = 0
  #reported = ''
  #watcher: FSWatcher | undefined
  #cancelPoll = () => {}
  #cancelSoon: (() => void) | undefined
  #reading: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(options: DirectorySourceOptions) {
    this.#options = options
  }

  get problems(): readonly FileProblem[] {
    const files = [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, f]) => f.problems)
    return this.#trouble ? [this.#trouble, ...files] : files
  }

  get lastRead(): number {
    return this.#lastRead
  }

  /** One reading at a time; a file being written is left for later, unless `all` wants it as it is. */
  reread(all = false): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read(all))
    return this.#reading
  }

  watch(): void {
    const { clock, directory, pollMs = 2_000 } = this.#options
    if (!this.#watcher) {
      try {
        this.#watcher = watch(directory, { persistent: false }, () => {
          this.#heardAt ??= clock.now()
          this.#soon(0)
        })
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
    this.#cancelSoon?.()
    this.#unwatch()
  }

  #unwatch(): void {
    this.#watcher?.close()
    this.#watcher = undefined
  }

  #soon(ms: number): void {
    if (this.#stopped) return
    this.#cancelSoon ??= this.#options.clock.after(ms, () => {
      this.#cancelSoon = undefined
      void this.reread()
    })
  }

  async #read(all: boolean): Promise<void> {
    if (this.#stopped) return
    const { directory, builder, clock } = this.#options
    const heardAt = this.#heardAt
    this.#heardAt = undefined
    let names: string[]
    try {
      names = (await readdir(directory)).filter(n => /\.ya?ml$/.test(n) && !n.startsWith('.')).sort()
      this.#trouble = undefined
    } catch (error) {
      // The directory may come back: what was read before stays in force.
      this.#trouble = problemOf('ISM4202', directory, 1, (error as Error).message)
      this.#unwatch()
      this.#tell()
      return
    }
    let changed = false
    for (const name of [...this.#files.keys()]) if (!names.includes(name)) changed = this.#files.delete(name) || changed
    for (const name of names) changed = (await this.#readFile(name, all)) || changed
    if (this.#stopped) return
    if (changed) {
      // The change counts from when the system told of it, not from when its file had been read.
      if (heardAt !== undefined) builder.heard(clock.now() - heardAt)
      this.#apply()
    }
    this.#lastRead = clock.now()
    this.#tell()
  }

  /** @returns true where the file is another now */
  async #readFile(name: string, all: boolean): Promise<boolean> {
    const { directory, clock, settleMs = 50 } = this.#options
    const path = join(directory, name)
    const known = this.#files.get(name)
    try {
      const { size, mtimeMs, ino } = await stat(path)
      const stamp = `${size} ${mtimeMs} ${ino}`
      if (known?.stamp === stamp) return false
      const age = clock.now() - mtimeMs
      // Another inode under a known name: it was written beside and renamed, and is whole.
      const replaced = known !== undefined && known.inode !== ino && size > 0
      if (!all && !replaced && age >= 0 && age < settleMs) {
        this.#soon(settleMs)
        return false
      }
      const text = await readFile(path, 'utf8')
      if (known && known.text === text && known.problems.every(p => p.code !== 'ISM4202')) {
        this.#files.set(name, { ...known, stamp, inode: ino })
        return false
      }
      this.#files.set(name, { ...this.#judge(name, text, known), stamp, inode: ino, text })
      return true
    } catch (error) {
      const problems = [problemOf('ISM4202', name, 1, (error as Error).message)]
      this.#files.set(name, { objects: [], text: '', inode: 0, cache: new Map(), ...known, stamp: '', problems })
      return false
    }
  }

  /** A file with an error changes nothing, except when it is first seen: then what is good of it is used. */
  #judge(name: string, text: string, known: KnownFile | undefined): Pick<KnownFile, 'objects' | 'problems' | 'cache'> {
    const cache = known?.cache ?? new Map()
    const read = readObjects(text, cache)
    const problems = read.problems.map(p => problemOf(p.code, name, p.line, p.message))
    const { domain } = this.#options.builder.mesh.config
    for (const { object, line, text: own } of read.objects) {
      if (this.#good.has(object)) continue
      const findings = checkObject(object, { cluster: '', domain, file: name, line }) ?? []
      const errors = findings.filter(f => f.severity === 'error')
      if (errors.length === 0) this.#good.add(object)
      for (const f of errors) {
        const at = line + (f.field ? lineOfField(own, f.field) - 1 : 0)
        const what = `${object.kind} ${object.metadata.name}: ${f.field ? `${f.field} ` : ''}${f.message}`
        problems.push(problemOf(f.code, name, at, what, { ...f.origin, line: at }, f.field))
      }
    }
    const keep = problems.length > 0 && known !== undefined && known.objects.length > 0
    return { objects: keep ? known.objects : read.objects, problems, cache }
  }

  /** All files' objects into the builder; of two that are the same object the first file's is used. */
  #apply(): void {
    const { builder } = this.#options
    const byKind = new Map<string, Map<string, PlacedObject & { file: string }>>()
    const notices: Finding[] = []
    for (const [file, known] of [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      for (const placed of known.objects) {
        const { object, line } = placed
        if (!isConfiguration(object)) {
          notices.push(
            problemFinding(
              problemOf('ISM4205', file, line, `${object.kind} (${object.apiVersion}) is not used here`),
              'info',
            ),
          )
          continue
        }
        const objects = byKind.get(object.kind) ?? new Map()
        byKind.set(object.kind, objects)
        const other = objects.get(keyOf(object))
        if (!other) objects.set(keyOf(object), { ...placed, file })
        else
          notices.push(
            problemFinding(
              problemOf(
                'ISM4204',
                file,
                line,
                `${object.kind} ${keyOf(object)} is in ${other.file}:${other.line} already`,
              ),
              'warning',
            ),
          )
      }
    }
    for (const kind of directoryKinds) {
      const objects = byKind.get(kind)
      builder.replace(
        '',
        kind,
        [...(objects?.values() ?? [])].map(p => p.object),
        o => {
          const placed = objects?.get(keyOf(o))
          return { file: placed?.file, line: placed?.line }
        },
      )
    }
    builder.report('directory-notices', notices)
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

const directoryKinds = [
  'ServiceEntry',
  'WorkloadEntry',
  'Gateway',
  'VirtualService',
  'DestinationRule',
  'Sidecar',
  'RegionalTrafficPolicy',
  'Secret',
]
