import { type OperationId, operations, paths } from '@isthmus/api'
import { type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { ApiError } from '../problem.ts'

export interface Matched {
  readonly id: OperationId
  readonly params: Readonly<Record<string, string>>
}

interface Row {
  readonly id: OperationId
  readonly method: string
  readonly segments: readonly string[]
}

const table: readonly Row[] = Object.entries(paths).map(([id, [method, path]]) => ({
  id: id as OperationId,
  method,
  segments: path.split('/'),
}))

/** The operation of a method and path. Throws ISM5102: 404, or 405 with the methods there are. */
export function route(method: string, path: string): Matched {
  const asked = path.split('/')
  const there = table.filter(row => fits(row.segments, asked))
  const row = there.find(r => r.method === method)
  if (row) return { id: row.id, params: paramsOf(row.segments, asked) }
  if (there.length === 0) throw new ApiError(404, 'ISM5102', `no such path: ${path}`)
  const allow = there.map(r => r.method).join(', ')
  throw new ApiError(405, 'ISM5102', `${path} takes ${allow}, not ${method}`, { headers: { allow } })
}

function fits(pattern: readonly string[], asked: readonly string[]): boolean {
  return (
    pattern.length === asked.length && pattern.every((s, i) => (s.startsWith('{') ? asked[i] !== '' : s === asked[i]))
  )
}

function paramsOf(pattern: readonly string[], asked: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {}
  for (const [i, segment] of pattern.entries())
    if (segment.startsWith('{')) params[segment.slice(1, -1)] = decoded(asked[i] ?? '')
  return params
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new ApiError(400, 'ISM5101', `the path is not percent-encoded as it should be: ${segment}`)
  }
}

const querySchemas = new Map<OperationId, TSchema>()

/** Query parameters of an operation, with their types and defaults. Throws ISM5101. */
export function queryOf(id: OperationId, given: URLSearchParams): Record<string, unknown> {
  const shape = operations[id]
  const schema = querySchemas.get(id) ?? Type.Object('query' in shape ? (shape.query as Record<string, TSchema>) : {})
  querySchemas.set(id, schema)
  const known = (schema as unknown as { properties: Record<string, TSchema> }).properties
  const fields: { field: string; message: string }[] = []
  const raw: Record<string, unknown> = {}
  for (const [name, value] of given) {
    if (!(name in known)) fields.push({ field: name, message: 'no such parameter' })
    else if (value !== '') raw[name] = value
  }
  const value = Value.Default(schema, Value.Convert(schema, raw)) as Record<string, unknown>
  return checked('query', schema, value, fields)
}

/** The body of an operation. Throws ISM5101. */
export function bodyOf(id: OperationId, text: string): unknown {
  const shape = operations[id]
  if (!('body' in shape)) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ApiError(400, 'ISM5101', `the body is not JSON: ${(error as Error).message}`)
  }
  return checked('body', shape.body as TSchema, value, [])
}

function checked<T>(part: string, schema: TSchema, value: T, before: { field: string; message: string }[]): T {
  const wrong = Value.Check(schema, value)
    ? []
    : [...Value.Errors(schema, value)].map(e => ({
        field: e.instancePath.replace(/^\//, '').replaceAll('/', '.'),
        message: e.message,
      }))
  const fields = [...before, ...wrong]
  if (fields.length === 0) return value
  const text = fields.map(f => (f.field ? `${f.field}: ${f.message}` : f.message)).join('; ')
  throw new ApiError(400, 'ISM5101', `${part}: ${text}`, { fields })
}
