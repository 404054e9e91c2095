import { type OperationId, operations, paths } from '@isthmus/api'
import { Problem } from '@isthmus/api/schemas/common.ts'

interface Schema {
  readonly properties?: unknown
  readonly [key: string]: unknown
}

/** The whole API as an OpenAPI 3.1 document, made from the operations' table. */
export function openApi(): Record<string, unknown> {
  made ??= document()
  return made
}

let made: Record<string, unknown> | undefined

function document(): Record<string, unknown> {
  const items: Record<string, Record<string, unknown>> = {}
  for (const [id, [method, path]] of Object.entries(paths)) {
    const item = items[path] ?? {}
    items[path] = item
    item[method.toLowerCase()] = operation(id as OperationId, path)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Isthmus',
      version: 'v1',
      summary: 'The HTTP API of the control plane: what the command line and the console use.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ bearer: [] }, { session: [] }],
    paths: items,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A token of the mesh API.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'isthmus-session',
          description:
            'From signIn (with TLS its name is __Host-isthmus-session). POST, PUT and DELETE also need the header x-isthmus-csrf.',
        },
      },
      schemas: { Problem: plain(Problem) },
    },
  }
}

const open: ReadonlySet<string> = new Set(['signIn', 'signInByLink'])

function operation(id: OperationId, path: string): Record<string, unknown> {
  const shape = operations[id] as unknown as {
    summary: string
    query?: Record<string, Schema & { '~optional'?: boolean }>
    body?: Schema
    response: Schema
  }
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const inQuery = Object.entries(shape.query ?? {}).map(([name, schema]) => {
    const { description, ...rest } = plain(schema) as { description?: string }
    return { name, in: 'query', required: !isOptional(schema), ...(description && { description }), schema: rest }
  })
  const parameters = [...inPath, ...inQuery]
  const type = id === 'stream' ? 'text/event-stream' : 'application/json'
  return {
    operationId: id,
    summary: shape.summary,
    ...(open.has(id) && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(shape.body && {
      requestBody: { required: true, content: { 'application/json': { schema: plain(shape.body) } } },
    }),
    responses: {
      200: { description: 'Done.', content: { [type]: { schema: plain(shape.response) } } },
      default: {
        description: 'What went wrong, and what mends it.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function isOptional(schema: object): boolean {
  return Object.getOwnPropertyNames(schema).includes('~optional')
}

/** TypeBox keeps marks of its own on schemas, which are no part of JSON Schema. */
function plain(schema: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(schema, (key, value) => (key.startsWith('~') ? undefined : value)))
}
