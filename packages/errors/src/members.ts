import { table } from './entry.ts'

/** ISM40xx: members. */
export const membersErrors = table({})
