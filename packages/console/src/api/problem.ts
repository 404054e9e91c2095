import type { Problem } from '@isthmus/api'

/** What a request came to when it did not succeed. `status` 0: the control plane could not be reached. */
export class ApiError extends Error {
  readonly status: number
  readonly problem: Problem
  constructor(status: number, problem: Problem) {
    super(problem.message)
    this.status = status
    this.problem = problem
  }
}

export const isUnreachable = (error: unknown): boolean => error instanceof ApiError && error.status === 0
/** Somebody else wrote the object since it was read. */
export const isConflict = (error: unknown): boolean => error instanceof ApiError && error.status === 409
