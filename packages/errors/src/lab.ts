import { table } from './entry.ts'

/** ISM11xx: lab. */
export const labErrors = table({})
