const units: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A hundred years. Envoy counts nanoseconds in 64 bits and refuses what does not fit. */
export const maxDurationMs = 100 * 365.25 * 24 * 3_600_000

/** Milliseconds of a duration as Istio takes it (`1s`, `0.5s`, `1h30m`); undefined where it is not one. */
export function parseDuration(text: string): number | undefined {
  if (!/^([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return text === '0' ? 0 : undefined
  let ms = 0
  for (const [, amount, unit] of text.matchAll(/([0-9.]+)([a-zµ]+)/g)) ms += Number(amount) * (units[unit ?? ''] ?? 0)
  return ms
}
