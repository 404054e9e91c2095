import { type ErrorCode, errors } from '@isthmus/errors'

/** Whether a resource makes sense together with what it names. */
export interface Verdict {
  readonly accepted: boolean
  /** Fit for a condition. */
  readonly reason: string
  readonly message: string
}

export const accepted: Verdict = {
  accepted: true,
  reason: 'Accepted',
  message: 'It makes sense together with what it names.',
}

export const refused = (code: ErrorCode, message: string): Verdict => ({
  accepted: false,
  reason: errors[code].reason,
  message: `${code}: ${message}. ${errors[code].mend}`,
})
