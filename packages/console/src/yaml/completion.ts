import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { type KubeSchema, schemaAt } from './schema.ts'

/** Completes fields, and values that are one of a few, from a kind's schema and the indentation above the cursor. */
export function completionsOf(schema: object): (context: CompletionContext) => CompletionResult | null {
  return context => {
    const word = context.matchBefore(/[\w-]*/)
    if (!word || (word.from === word.to && !context.explicit)) return null
    const line = context.state.doc.lineAt(context.pos)
    const before = context.state.doc.sliceString(0, line.from)
    const own = line.text.slice(0, context.pos - line.from)
    const value = /^\s*(?:- )*([\w.-]+):\s+[\w-]*$/.exec(own)
    const indent = (/^\s*(?:- +)*/.exec(own)?.[0] ?? '').length
    const path = pathAbove(before, indent, own)
    if (value) {
      const of = schemaAt(schema as KubeSchema, [...path, value[1] as string])
      const choices = of?.enum?.map(String) ?? (of?.type === 'boolean' ? ['true', 'false'] : [])
      return choices.length > 0 ? { from: word.from, options: choices.map(label => ({ label, type: 'enum' })) } : null
    }
    const at = schemaAt(schema as KubeSchema, path)
    const fields = Object.entries(at?.properties ?? {})
    if (fields.length === 0) return null
    return {
      from: word.from,
      options: fields.map(([label, field]) => ({
        label,
        type: 'property',
        apply: field.type === 'object' || field.type === 'array' ? `${label}:` : `${label}: `,
        ...(field.type && { detail: field.type }),
        ...(field.description && { info: field.description }),
        ...(at?.required?.includes(label) && { boost: 1 }),
      })),
    }
  }
}

/** The path of the map in which a line with this indentation stands: the keys above it that are less indented. */
export function pathAbove(before: string, indent: number, own = ''): (string | number)[] {
  const path: (string | number)[] = []
  let limit = indent
  const item = /^(\s*)- /.exec(own)
  if (item) {
    path.unshift(0)
    limit = (item[1] as string).length + 1
  }
  for (const line of before.split('\n').reverse()) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue
    const [, spaces = '', dashes = '', key] = /^(\s*)((?:- +)*)([\w./-]+)?/.exec(line) ?? []
    const column = spaces.length + dashes.length
    if (dashes && spaces.length < limit && column >= limit) {
      path.unshift(0)
      limit = spaces.length + 1
    } else if (key && column < limit && line.slice(column + key.length).startsWith(':')) {
      if (line.slice(column + key.length + 1).trim() === '') path.unshift(key)
      limit = column
      if (dashes) {
        path.unshift(0)
        limit = spaces.length + 1
      }
    }
    if (limit <= 0) break
  }
  return path
}
