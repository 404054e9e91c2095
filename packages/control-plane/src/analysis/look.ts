import { type Finding, type Mesh, originText } from '../model/index.ts'

/** A look at some of the mesh's tables, and at nothing else of it. */
export interface Look<T extends keyof Mesh> {
  readonly tables: readonly T[]
  readonly find: (mesh: Pick<Mesh, T>) => readonly Finding[]
}

/**
 * What was found last, as long as the tables are the same; and the same array where it is the same again. A change of endpoints
 * does not cost a look at every route.
 */
export function looking<T extends keyof Mesh>({ tables, find }: Look<T>): (mesh: Pick<Mesh, T>) => readonly Finding[] {
  let last: { readonly at: Pick<Mesh, T>; readonly found: readonly Finding[] } | undefined
  return mesh => {
    if (last && tables.every(table => last!.at[table] === mesh[table])) return last.found
    const found = find(mesh)
    last = { at: mesh, found: last && same(last.found, found) ? last.found : found }
    return last.found
  }
}

function same(a: readonly Finding[], b: readonly Finding[]): boolean {
  return a.length === b.length && a.every((finding, i) => text(finding) === text(b[i]!))
}

function text({ code, severity, origin, field, message }: Finding): string {
  return [code, severity, originText(origin), origin.file, origin.line, origin.generation, field, message].join('\n')
}
