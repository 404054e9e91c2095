import type { Finding } from '../model/index.ts'
import { isConfiguration } from './check-object.ts'
import { problemFinding, problemOf } from './file-problem.ts'
import { keyOf, type MeshBuilder } from './mesh-builder.ts'
import type { PlacedObject } from './yaml-file.ts'

interface Filed extends PlacedObject {
  readonly file: string
  /** Kind, namespace and name: what makes it the same object wherever it stands. */
  readonly id: string
}

/**
 * The objects of a directory's files, into the builder: of a file that changed, those objects that are others now. Of two
 * that are the same object the first file's is in force.
 */
export class PlacedObjects {
  readonly #builder: MeshBuilder
  readonly #byFile = new Map<string, readonly Filed[]>()
  /** The first is in force. */
  readonly #byId = new Map<string, readonly Filed[]>()
  readonly #doubled = new Set<string>()
  /** Objects of kinds that are not used here, by file. */
  readonly #unused = new Map<string, readonly Filed[]>()

  constructor(builder: MeshBuilder) {
    this.#builder = builder
  }

  /** What a file holds now; nothing, where it has gone. */
  set(file: string, objects: readonly PlacedObject[]): void {
    const used: Filed[] = []
    const unused: Filed[] = []
    for (const { object, line } of objects) {
      const list = isConfiguration(object) ? used : unused
      list.push({ object, line, file, id: `${object.kind}|${keyOf(object)}` })
    }
    const touched = new Set<string>()
    for (const { id } of this.#byFile.get(file) ?? []) touched.add(id)
    const now = new Map<string, Filed[]>()
    for (const filed of used) {
      touched.add(filed.id)
      const same = now.get(filed.id)
      if (same) same.push(filed)
      else now.set(filed.id, [filed])
    }
    for (const id of touched) this.#place(id, file, now.get(id) ?? [])
    keep(this.#byFile, file, used)
    keep(this.#unused, file, unused)
    this.#builder.report('directory-notices', this.#notices())
  }

  #place(id: string, file: string, now: readonly Filed[]): void {
    const before = this.#byId.get(id) ?? []
    const after = [...before.filter(f => f.file !== file), ...now].sort(byPlace)
    keep(this.#byId, id, after)
    if (after.length > 1) this.#doubled.add(id)
    else this.#doubled.delete(id)
    const [old, first] = [before[0], after[0]]
    if (first) this.#builder.set('', first.object, { file: first.file, line: first.line })
    else if (old) this.#builder.delete('', old.object)
  }

  #notices(): Finding[] {
    const unused = [...this.#unused.values()].flat().map(f => ({
      at: f,
      finding: problemFinding(
        problemOf('ISM4205', f.file, f.line, `${f.object.kind} (${f.object.apiVersion}) is not used here`),
        'info',
      ),
    }))
    const doubled = [...this.#doubled].flatMap(id => {
      const [first, ...others] = this.#byId.get(id)!
      return others.map(f => {
        const what = `${f.object.kind} ${keyOf(f.object)} is in ${first!.file}:${first!.line} already`
        return { at: f, finding: problemFinding(problemOf('ISM4204', f.file, f.line, what), 'warning') }
      })
    })
    return [...unused, ...doubled].sort((a, b) => byPlace(a.at, b.at)).map(n => n.finding)
  }
}

function byPlace(a: Filed, b: Filed): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line
}

function keep<T>(map: Map<string, readonly T[]>, key: string, list: readonly T[]): void {
  if (list.length > 0) map.set(key, list)
  else map.delete(key)
}
