import { table } from './entry.ts'

/** ISM10xx: setup. */
export const setupErrors = table({})
