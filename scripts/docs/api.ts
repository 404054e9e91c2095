import { type OperationId, operations, paths, topics } from '@isthmus/api'

interface Schema {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly const?: unknown
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
}

const chapters: readonly (readonly [title: string, first: OperationId])[] = [
  ['Session', 'signIn'],
  ['What is', 'getOverview'],
  ['Services', 'listServices'],
  ['Traffic between regions', 'getRegionalTraffic'],
  ['Objects', 'listKinds'],
  ['Clusters', 'listClusters'],
  ['Network', 'getNetwork'],
  ['Gateways', 'listGateways'],
  ['Proxies', 'listProxies'],
]

/** docs/reference/api.md: every operation of the HTTP API, from the table that serves it. */
export function apiPage(): string {
  const out = [
    '# The HTTP API',
    '',
    'What the command line and the console use. The control plane serves it where `isthmus serve --api-address` says; as an OpenAPI 3.1 document it is at `/api/v1/openapi.json`. This page is made from the same table by `npm run docs`; [design/0011](../design/0011-the-http-api.md) says how sign-in and rights work.',
    '',
    'Send a bearer token of the mesh API (`Authorization: Bearer …`), or sign in and send the cookie; with the cookie, POST, PUT and DELETE also need the header `x-isthmus-csrf` with the session’s `csrfToken`. Times are milliseconds since the epoch. Lists take `limit`, `offset` and `search`, and say how many there are in `total`. What is refused answers with `code`, `reason`, `message` and `mend` of the [error table](errors.md), `fields` where single fields are wrong, and `current` (what is there now) with a conflict.',
    '',
    `\`GET ${paths.stream[1]}?topics=a,b\` is a stream of server-sent events: each topic whole at once, and again when it has changed, at most once a second. Topics: ${topics.join(', ')}. \`event: alive\` comes at least every 15 s, \`event: problem\` before an end.`,
  ]
  for (const [id, [method, path]] of Object.entries(paths)) {
    const chapter = chapters.find(([, first]) => first === id)
    if (chapter) out.push('', `## ${chapter[0]}`)
    operation(id as OperationId, method, path, out)
  }
  return `${out.join('\n')}\n`
}

function operation(id: OperationId, method: string, path: string, out: string[]): void {
  const shape = operations[id] as unknown as {
    summary: string
    query?: Readonly<Record<string, Schema>>
    body?: Schema
    response: Schema
  }
  out.push('', `### \`${method} ${path}\``, '', shape.summary)
  const query = Object.entries(shape.query ?? {})
  if (query.length > 0) {
    out.push('', '| parameter | |', '|---|---|')
    for (const [name, schema] of query) out.push(`| \`${name}\` | ${cell(limits(schema))} |`)
  }
  if (shape.body) out.push('', `Takes: ${text(shape.body)}`)
  out.push('', `Gives: ${text(shape.response)}`)
}

function limits(schema: Schema): string {
  const parts = [typeText(schema)]
  if (schema.minimum !== undefined && schema.maximum !== undefined) parts.push(`${schema.minimum} to ${schema.maximum}`)
  if (schema.default !== undefined) parts.push(`default ${schema.default}`)
  if (schema.description) parts.push(schema.description)
  return parts.join('; ')
}

/** One level of fields: the whole shape is in the OpenAPI document. */
function text(schema: Schema): string {
  const fields = Object.entries(schema.properties ?? {})
  if (fields.length === 0) return schema.description ?? (schema.patternProperties ? typeText(schema) : 'nothing.')
  const required = new Set(schema.required ?? [])
  return `${fields.map(([name, s]) => `\`${name}\`${required.has(name) ? '' : '?'} ${typeText(s)}`).join(', ')}.`
}

function typeText(schema: Schema): string {
  if (schema.anyOf)
    return schema.anyOf.map(s => (s.const === undefined ? typeText(s) : JSON.stringify(s.const))).join(' or ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.type === 'array' && schema.items) return `list of ${typeText(schema.items)}`
  if (schema.patternProperties) {
    const [of] = Object.values(schema.patternProperties)
    return of ? `map of ${typeText(of)}` : 'map'
  }
  return schema.type ?? 'anything'
}

const cell = (value: string): string => value.replaceAll('|', '\\|')
