import { table } from './entry.ts'

/** ISM42xx: config. */
export const configErrors = table({})
