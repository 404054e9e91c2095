import { table } from './entry.ts'

/** ISM12xx: cloud. */
export const cloudErrors = table({})
