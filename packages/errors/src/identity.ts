import { table } from './entry.ts'

/** ISM31xx: identity. */
export const identityErrors = table({})
