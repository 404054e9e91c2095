import { table } from './entry.ts'

/** ISM22xx: analysis. */
export const analysisErrors = table({})
