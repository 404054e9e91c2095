import { table } from './entry.ts'

/** ISM41xx: gateways. */
export const gatewaysErrors = table({})
