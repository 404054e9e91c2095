/** Milliseconds between two reports of a proxy that may be asked for. */
const steps = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000]

/**
 * What the reports of all proxies together may cost. Bytes count most: each report names every cluster of the proxy and repeats
 * the proxy's node, some hundred kilobytes in a mesh of a thousand services, often from another region.
 */
const bytesPerSecond = 1_000_000
const reportsPerSecond = 200

/**
 * How often proxies report: as often as is wanted while they are few, less often when they are many or their reports large, once
 * a minute at worst. It goes back only when there is room to spare, so that a proxy more or less does not change it for all.
 */
export function loadInterval(wantedMs: number, proxies: number, bytesEach: number, presentMs: number): number {
  const needed = 1_000 * proxies * Math.max(1 / reportsPerSecond, bytesEach / bytesPerSecond)
  const fit = (ms: number) => Math.max(wantedMs, steps.find(step => step >= ms) ?? steps.at(-1)!)
  const next = fit(needed)
  return next < presentMs ? Math.min(presentMs, fit(needed * 1.25)) : next
}
