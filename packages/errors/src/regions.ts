import { table } from './entry.ts'

/** ISM21xx: regions. */
export const regionsErrors = table({})
