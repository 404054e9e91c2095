import { isDeepStrictEqual } from 'node:util'

/** Equal in all their parts. */
export function same(a: unknown, b: unknown): boolean {
  return a === b || isDeepStrictEqual(a, b)
}
