import type { Body, OperationId, Params, Problem, Query, Response as ResponseOf } from '@isthmus/api'
import { paths } from '@isthmus/api/paths.ts'
import { connection } from './connection.ts'
import { ApiError } from './problem.ts'

export type Input<Id extends OperationId> = {
  readonly params?: Params<Id>
  readonly query?: Query<Id>
  readonly body?: Body<Id>
  readonly signal?: AbortSignal
}

let csrfToken = ''
/** The session's token, sent with everything that is not a GET. */
export function setCsrfToken(token: string): void {
  csrfToken = token
}

/** The address of an operation; undefined query values are left out. */
export function addressOf(id: OperationId, params: Record<string, string> = {}, query: object = {}): string {
  const path = paths[id][1].replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.set(name, String(value))
  const text = search.toString()
  return text ? `${path}?${text}` : path
}

/** Calls an operation. Throws ApiError: the server's words, or status 0 when nobody answered. */
export async function call<Id extends OperationId>(id: Id, input: Input<Id> = {}): Promise<ResponseOf<Id>> {
  const method = paths[id][0]
  const headers: Record<string, string> = { accept: 'application/json' }
  if (input.body !== undefined) headers['content-type'] = 'application/json'
  if (method !== 'GET') headers['x-isthmus-csrf'] = csrfToken
  let response: Response
  try {
    response = await fetch(addressOf(id, input.params as Record<string, string>, input.query), {
      method,
      headers,
      credentials: 'same-origin',
      ...(input.body !== undefined && { body: JSON.stringify(input.body) }),
      ...(input.signal && { signal: input.signal }),
    })
  } catch (error) {
    if (input.signal?.aborted) throw error
    connection.failed()
    throw new ApiError(0, { message: 'The control plane does not answer.' })
  }
  connection.heard()
  const text = await response.text()
  const value = text ? parsed(text) : {}
  if (response.ok && value !== undefined) return value as ResponseOf<Id>
  const problem = (value ?? {}) as Partial<Problem>
  throw new ApiError(response.status, { ...problem, message: problem.message ?? `HTTP ${response.status}` })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
