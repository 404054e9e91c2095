import type { ErrorCode } from '@isthmus/errors'
import type { Origin } from './origin.ts'

/** Something wrong, or worth saying, about one object: becomes a condition on it, a line of the CLI, a row of the console. */
export interface Finding {
  readonly code: ErrorCode
  readonly severity: 'error' | 'warning' | 'info'
  readonly origin: Origin
  /** Path of the field, as kubectl explain spells it: `spec.http[0].route[1].weight`. */
  readonly field?: string
  /** What is wrong, with the values that make it so. */
  readonly message: string
}
