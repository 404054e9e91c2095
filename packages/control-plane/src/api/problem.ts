import type { Problem } from '@isthmus/api'
import { type ErrorCode, IsthmusError } from '@isthmus/errors'
import { isKubeError, type KubeError } from '@isthmus/kubernetes'

/** A refusal with its HTTP status: a code of the error table and what was wrong. */
export class ApiError extends IsthmusError {
  readonly status: number
  readonly fields: Problem['fields']
  readonly current: Problem['current']
  readonly headers: Readonly<Record<string, string>>
  constructor(
    status: number,
    code: ErrorCode,
    detail: string,
    more: {
      readonly fields?: Problem['fields']
      readonly current?: Problem['current']
      readonly headers?: Readonly<Record<string, string>>
    } = {},
  ) {
    super(code, detail)
    this.name = 'ApiError'
    this.status = status
    this.fields = more.fields
    this.current = more.current
    this.headers = more.headers ?? {}
  }
}

/** What the mesh does not know: 404. */
export class NotFound extends ApiError {
  constructor(detail: string) {
    super(404, 'ISM2127', detail)
  }
}

export interface Refusal {
  readonly status: number
  readonly problem: Problem
  readonly headers?: Readonly<Record<string, string>>
}

/** The answer to a failure; undefined: not one that people can do anything about (a mistake in here). */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof ApiError)
    return {
      status: error.status,
      problem: { ...told(error), fields: error.fields, current: error.current },
      headers: error.headers,
    }
  if (error instanceof IsthmusError) return { status: 422, problem: told(error) }
  if (isKubeError(error)) return ofKube(error)
  return undefined
}

function told(error: IsthmusError): Problem {
  return { code: error.code, reason: error.entry.reason, message: error.message, mend: error.entry.mend }
}

/** The API server's own words, without the address it was asked at. */
export function wordsOf(error: KubeError): string {
  return error.body?.message || error.message
}

function ofKube(error: KubeError): Refusal {
  const say = (status: number, code: ErrorCode, fields?: Problem['fields']): Refusal => ({
    status,
    problem: { ...told(new IsthmusError(code, wordsOf(error))), fields },
  })
  switch (error.kind) {
    case 'unauthorized':
      return say(401, 'ISM5104')
    case 'forbidden':
      return say(403, 'ISM5105')
    case 'notFound':
      return say(404, 'ISM2127')
    case 'conflict':
    case 'alreadyExists':
      return say(409, 'ISM5108')
    case 'invalid': {
      const causes = error.body?.details?.causes ?? []
      const fields = causes.map(c => ({ field: c.field ?? '', message: c.message ?? c.reason ?? '' }))
      return say(422, 'ISM5111', fields.length > 0 ? fields : undefined)
    }
    default:
      return say(503, 'ISM5113')
  }
}
