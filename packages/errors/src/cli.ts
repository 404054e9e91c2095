import { table } from './entry.ts'

/** ISM50xx: cli. */
export const cliErrors = table({})
