import { table } from './entry.ts'

/** ISM30xx: xds. */
export const xdsErrors = table({})
