import { table } from './entry.ts'

/** ISM13xx: nodes. */
export const nodesErrors = table({})
