import { CorsPolicySchema } from '@isthmus/envoy-api/envoy/extensions/filters/http/cors/v3/cors'
import type { HttpRoute } from '../model/index.ts'
import { pack } from './pack.ts'
import { fractionalPercent } from './percentage.ts'
import { stringMatcher } from './string-match.ts'

export const corsFilter = 'envoy.filters.http.cors'

/** The route's own configuration of the CORS filter. */
export function cors(c: NonNullable<HttpRoute['corsPolicy']>) {
  return pack(CorsPolicySchema, {
    allowOriginStringMatch: c.allowOrigins.map(stringMatcher),
    allowMethods: c.allowMethods.join(','),
    allowHeaders: c.allowHeaders.join(','),
    exposeHeaders: c.exposeHeaders.join(','),
    maxAge: c.maxAgeMs === undefined ? '' : String(Math.round(c.maxAgeMs / 1000)),
    allowCredentials: c.allowCredentials,
    filterEnabled: { defaultValue: fractionalPercent(100) },
  })
}
