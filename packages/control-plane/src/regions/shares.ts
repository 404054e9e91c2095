import type { Endpoint, Locality } from '../model/index.ts'
import type { Arrangement, Decision, LocalityGroup } from './decision.ts'
import { priorityLoads } from './load.ts'

/** Where a part of the requests goes. */
export interface Destination {
  readonly locality: Locality
  readonly priority: number
  /** Envoy's locality weight, where localities are weighted. */
  readonly weight?: number
  /** Percent of all requests. */
  readonly percent: number
  readonly endpoints: number
  readonly healthy: number
  /** True where too little is healthy to care: all endpoints are used alike. */
  readonly panic: boolean
}

type Settings = Pick<Decision, 'overprovisioningFactor' | 'panicThresholdPercent' | 'localityWeighted'>

/** Envoy's arithmetic over an arrangement: what part of the requests each locality gets, in the arrangement's order. */
export function destinations(settings: Settings, arrangement: Arrangement): readonly Destination[] {
  const health = arrangement.priorities.map(groups => ({
    hosts: sum(groups, g => g.endpoints.length),
    healthy: sum(groups, g => healthyOf(g.endpoints).length),
  }))
  const { loads, panic } = priorityLoads(health, settings.overprovisioningFactor, settings.panicThresholdPercent)
  return arrangement.priorities.flatMap((groups, priority) => {
    const inPanic = panic[priority] === true
    const pulls = groups.map(g => pull(g, settings, inPanic))
    const whole = pulls.reduce((a, b) => a + b, 0)
    return groups.map((g, i) => ({
      locality: g.locality,
      priority,
      weight: settings.localityWeighted ? g.weight : undefined,
      percent: whole > 0 ? ((loads[priority] ?? 0) * (pulls[i] ?? 0)) / whole : 0,
      endpoints: g.endpoints.length,
      healthy: healthyOf(g.endpoints).length,
      panic: inPanic,
    }))
  })
}

/** By region, in the order of first appearance; '' is unknown. */
export function byRegion(list: readonly Destination[]): ReadonlyMap<string, number> {
  const regions = new Map<string, number>()
  for (const d of list) regions.set(d.locality.region, (regions.get(d.locality.region) ?? 0) + d.percent)
  return regions
}

/** What draws requests to a locality within its priority. In panic all hosts count and locality weights do not. */
function pull(group: LocalityGroup, settings: Settings, panic: boolean): number {
  if (panic) return weightOf(group.endpoints)
  if (!settings.localityWeighted) return weightOf(healthyOf(group.endpoints))
  const healthy = healthyOf(group.endpoints).length / group.endpoints.length
  return (group.weight ?? 0) * Math.min(1, (settings.overprovisioningFactor / 100) * healthy)
}

export function healthyOf(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return endpoints.filter(e => e.health === 'healthy')
}

function weightOf(endpoints: readonly Endpoint[]): number {
  return sum(endpoints, e => Math.max(1, e.weight))
}

function sum<T>(list: readonly T[], value: (item: T) => number): number {
  return list.reduce((total, item) => total + value(item), 0)
}
