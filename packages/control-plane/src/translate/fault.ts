import { HTTPFaultSchema } from '@isthmus/envoy-api/envoy/extensions/filters/http/fault/v3/fault'
import type { HttpRoute } from '../model/index.ts'
import { duration } from './duration.ts'
import { pack } from './pack.ts'
import { fractionalPercent } from './percentage.ts'

export const faultFilter = 'envoy.filters.http.fault'

/** Canonical gRPC codes, by the names Istio takes them by. */
const grpcCodes = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
]

/** The route's own configuration of the fault filter. */
export function fault(f: NonNullable<HttpRoute['fault']>) {
  return pack(HTTPFaultSchema, {
    // Envoy refuses a delay of nothing.
    delay:
      f.delay && f.delay.fixedDelayMs > 0
        ? {
            faultDelaySecifier: { case: 'fixedDelay', value: duration(f.delay.fixedDelayMs) },
            percentage: fractionalPercent(f.delay.percentage),
          }
        : undefined,
    abort: f.abort && { errorType: abortType(f.abort), percentage: fractionalPercent(f.abort.percentage) },
  })
}

function abortType(abort: NonNullable<NonNullable<HttpRoute['fault']>['abort']>) {
  if (abort.httpStatus !== undefined) return { case: 'httpStatus' as const, value: abort.httpStatus }
  const text = (abort.grpcStatus ?? 'UNKNOWN').toUpperCase()
  const code = /^\d+$/.test(text) ? Number(text) : grpcCodes.indexOf(text)
  return { case: 'grpcStatus' as const, value: code < 0 ? grpcCodes.indexOf('UNKNOWN') : code }
}
