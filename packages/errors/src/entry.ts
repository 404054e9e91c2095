/** One row of the table of errors: the same code in the CLI, the API, status conditions and the console. */
export interface ErrorEntry {
  /** CamelCase, fit for a condition's `reason`. */
  readonly reason: string
  /** What it means, one sentence. */
  readonly meaning: string
  /** What to do about it. */
  readonly mend: string
}

/** Keeps the keys as literal types, so that a code that is not in the table does not compile. */
export function table<const T extends Record<`ISM${number}`, ErrorEntry>>(entries: T): T {
  return entries
}
