import { resolutionFor } from './history.ts'
import type { Resolution } from './ring.ts'

/** A span of measured time, in buckets of one resolution. Milliseconds since the epoch. */
export interface Window {
  readonly resolution: Resolution
  /** A multiple of the resolution's step. */
  readonly from: number
  /** Where what is known ends: rates are over `from` to here. */
  readonly to: number
}

/**
 * The last `lengthMs` of what is known. It ends with the newest report while reports come, so that a rate is not diluted by
 * what has not been told yet; with `now` once they have stopped, so that old traffic does not stand for ever.
 */
export function windowOf(now: number, lengthMs: number, newestReport: number | undefined, intervalMs: number): Window {
  const resolution = resolutionFor(lengthMs)
  const { stepMs } = resolution
  const silent = newestReport === undefined || now - newestReport > 2 * intervalMs + 1_000
  const to = silent ? now : Math.min(newestReport, now)
  return { resolution, from: Math.ceil((to - lengthMs) / stepMs) * stepMs, to }
}

export function seconds({ from, to }: Window): number {
  return Math.max(to - from, 1) / 1_000
}
