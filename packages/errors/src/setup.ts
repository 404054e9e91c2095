import { table } from './entry.ts'
// JSON, since set-up itself reads it on whatever Node the shell finds, before Node 24 is there.
import entries from './setup.json' with { type: 'json' }

/** ISM10xx: set-up. */
export const setupErrors = table(entries)
