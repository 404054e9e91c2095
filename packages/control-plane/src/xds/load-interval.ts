/** Milliseconds between two reports of a proxy that may be asked for. */
const steps = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000]

/** Reports a second that the control plane takes, of all proxies together. */
const reportsPerSecond = 200

/**
 * How often proxies report: as often as is wanted while they are few, less often when they are many, so that what reports cost
 * here stays the same. It goes back only when there is room to spare, so that a proxy more or less does not change it for all.
 */
export function loadInterval(wantedMs: number, proxies: number, presentMs: number): number {
  const needed = (1_000 * proxies) / reportsPerSecond
  const fit = (ms: number) => Math.max(wantedMs, steps.find(step => step >= ms) ?? steps.at(-1)!)
  const next = fit(needed)
  return next < presentMs ? Math.min(presentMs, fit(needed * 1.25)) : next
}
