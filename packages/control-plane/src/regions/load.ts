/** Endpoints of one Envoy priority, as it counts them. */
export interface PriorityHealth {
  readonly hosts: number
  readonly healthy: number
}

export interface PriorityLoads {
  /** Percent of requests by priority; whole numbers that add up to 100 wherever there is a host. */
  readonly loads: readonly number[]
  /** True where a priority ignores health and uses all its hosts. */
  readonly panic: readonly boolean[]
}

/**
 * What Envoy sends to each priority (source/common/upstream/load_balancer_impl.cc; docs: "Priority levels", "Panic
 * threshold"): a priority can take its share of healthy hosts times the overprovisioning factor, 100 at most; the first ones
 * are filled first; what does not reach 100 in all is scaled up, in whole percents, the rounding going to the first that has
 * health. Below the panic threshold (only where the whole does not reach 100) a priority uses all its hosts; with all
 * priorities in panic, load goes by number of hosts.
 */
export function priorityLoads(
  priorities: readonly PriorityHealth[],
  overprovisioningFactor: number,
  panicThresholdPercent: number,
): PriorityLoads {
  const health = priorities.map(p =>
    p.hosts === 0 ? 0 : Math.min(100, Math.floor((overprovisioningFactor * p.healthy) / p.hosts)),
  )
  const total = Math.min(
    100,
    health.reduce((a, b) => a + b, 0),
  )
  const panic = priorities.map(
    p => total < 100 && (p.hosts === 0 ? 0 : (100 * p.healthy) / p.hosts) < panicThresholdPercent,
  )
  if (panic.length > 0 && panic.every(Boolean)) return { loads: loadsInTotalPanic(priorities), panic }
  if (total === 0) return { loads: priorities.map(() => 0), panic }
  return { loads: fill(health, total), panic }
}

function fill(health: readonly number[], total: number): number[] {
  let left = 100
  const loads = health.map(h => {
    const load = Math.min(left, Math.floor((h * 100) / total))
    left -= load
    return load
  })
  return giveFirst(loads, left, i => (health[i] ?? 0) > 0)
}

function loadsInTotalPanic(priorities: readonly PriorityHealth[]): number[] {
  const hosts = priorities.reduce((sum, p) => sum + p.hosts, 0)
  if (hosts === 0) return priorities.map(() => 0)
  const loads = priorities.map(p => Math.floor((100 * p.hosts) / hosts))
  const left = 100 - loads.reduce((a, b) => a + b, 0)
  return giveFirst(loads, left, i => (priorities[i]?.hosts ?? 0) > 0)
}

function giveFirst(loads: readonly number[], rest: number, fits: (index: number) => boolean): number[] {
  const first = loads.findIndex((_, i) => fits(i))
  return loads.map((load, i) => (i === first ? load + rest : load))
}
