import type { ErrorCode } from '@isthmus/errors'
import type { Finding, Origin } from '../model/index.ts'

/** What is wrong with a file of a configuration directory. */
export interface FileProblem {
  readonly code: ErrorCode
  /** Name within the directory. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly message: string
  readonly field?: string
  /** The object, where it is one object that is wrong. */
  readonly origin?: Origin
}

export function problemOf(
  code: ErrorCode,
  file: string,
  line: number,
  message: string,
  origin?: Origin,
  field?: string,
): FileProblem {
  return { code, file, line, message, ...(origin && { origin }), ...(field && { field }) }
}

export function problemFinding(p: FileProblem, severity: Finding['severity']): Finding {
  const file: Origin = {
    cluster: '',
    apiVersion: '',
    kind: 'File',
    namespace: '',
    name: p.file,
    file: p.file,
    line: p.line,
  }
  return { code: p.code, severity, origin: p.origin ?? file, message: p.message, ...(p.field && { field: p.field }) }
}
