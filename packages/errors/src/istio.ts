import { table } from './entry.ts'

/** ISM20xx: istio. */
export const istioErrors = table({})
