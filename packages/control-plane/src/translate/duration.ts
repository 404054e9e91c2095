import { create } from '@bufbuild/protobuf'
import { type Duration, DurationSchema } from '@bufbuild/protobuf/wkt'

/** Milliseconds to google.protobuf.Duration. */
export function duration(ms: number): Duration {
  const seconds = Math.trunc(ms / 1000)
  // Rounding must not make a whole second of them.
  const nanos = Math.min(Math.round((ms - seconds * 1000) * 1e6), 999_999_999)
  return create(DurationSchema, { seconds: BigInt(seconds), nanos })
}

/** The same, for what the user may have left out. */
export function optionalDuration(ms: number | undefined): Duration | undefined {
  return ms === undefined ? undefined : duration(ms)
}
