import { hash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../runtime/index.ts'
import { checkObject } from './check-object.ts'
import { type FileProblem, problemOf } from './file-problem.ts'
import { type DocumentCache, lineOfField, type PlacedObject, readObjects } from './yaml-file.ts'

export interface ConfigFilesOptions {
  readonly directory: string
  readonly clock: Clock
  /** A file changed less than this ago may still be being written. Milliseconds. */
  readonly settleMs: number
  /** The cluster domain, in which short names are read. */
  readonly domain: () => string
}

interface KnownFile {
  /** Size, time and inode: unchanged, the file is not read. */
  readonly stamp: string
  readonly inode: number
  /** Of its text. */
  readonly hash: string
  /** Of the last good version. */
  readonly objects: readonly PlacedObject[]
  readonly problems: readonly FileProblem[]
  readonly cache: DocumentCache
}

export const defaultSettleMs = 50

/** The configuration files of a directory as they were last read: their objects, and what is wrong with them. */
export class ConfigFiles {
  readonly #options: ConfigFilesOptions
  readonly #files = new Map<string, KnownFile>()
  /** Objects found good once: an edit elsewhere in their file need not check them again. */
  readonly #good = new WeakSet<object>()

  constructor(options: ConfigFilesOptions) {
    this.#options = options
  }

  get names(): readonly string[] {
    return [...this.#files.keys()]
  }

  /** In the order of the files' names. */
  get problems(): readonly FileProblem[] {
    return [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, f]) => f.problems)
  }

  /** Of the last good version. */
  objects(name: string): readonly PlacedObject[] {
    return this.#files.get(name)?.objects ?? []
  }

  forget(name: string): void {
    this.#files.delete(name)
  }

  /** Whether it looks like another file than the one that was read. */
  async differs(name: string): Promise<boolean> {
    try {
      return stampOf(await stat(join(this.#options.directory, name))) !== this.#files.get(name)?.stamp
    } catch {
      return true
    }
  }

  /** Reads a file where it is another than before. `settled`: also one that may still be being written. */
  read(name: string, settled: boolean): 'same' | 'changed' | 'unsettled' {
    const { directory, clock, settleMs } = this.#options
    const path = join(directory, name)
    const known = this.#files.get(name)
    try {
      const stats = statSync(path)
      const stamp = stampOf(stats)
      if (known?.stamp === stamp) return 'same'
      const age = clock.now() - stats.mtimeMs
      // Another inode under a known name: it was written beside and renamed, and is whole.
      const replaced = known !== undefined && known.inode !== stats.ino && stats.size > 0
      if (!settled && !replaced && age >= 0 && age < settleMs) return 'unsettled'
      const text = readFileSync(path, 'utf8')
      const own = hash('sha256', text)
      if (known && known.hash === own && known.problems.every(p => p.code !== 'ISM4202')) {
        this.#files.set(name, { ...known, stamp, inode: stats.ino })
        return 'same'
      }
      this.#files.set(name, { ...this.#judge(name, text, known), stamp, inode: stats.ino, hash: own })
      return 'changed'
    } catch (error) {
      const problems = [problemOf('ISM4202', name, 1, (error as Error).message)]
      this.#files.set(name, { objects: [], hash: '', inode: 0, cache: new Map(), ...known, stamp: '', problems })
      return 'same'
    }
  }

  /** A file with an error changes nothing, except when it is first seen: then what is good of it is used. */
  #judge(name: string, text: string, known: KnownFile | undefined): Pick<KnownFile, 'objects' | 'problems' | 'cache'> {
    const cache = known?.cache ?? new Map()
    const read = readObjects(text, cache)
    const problems = read.problems.map(p => problemOf(p.code, name, p.line, p.message))
    const domain = this.#options.domain()
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
    const objects = keep ? known.objects : read.objects.map(({ object, line }) => ({ object, line }))
    return { objects, problems, cache }
  }
}

export function isConfigFile(name: string): boolean {
  return /\.ya?ml$/.test(name) && !name.startsWith('.')
}

function stampOf({ size, mtimeMs, ino }: { size: number; mtimeMs: number; ino: number }): string {
  return `${size} ${mtimeMs} ${ino}`
}
