import type { Endpoint } from '../model/index.ts'
import { arrange } from './arrange.ts'
import type { Decision } from './decision.ts'
import { byRegion, destinations } from './shares.ts'

/** What would change where requests go: found by trying, with Envoy's own arithmetic. */
export function changesOf(
  decision: Decision,
  endpoints: readonly Endpoint[],
  now: ReadonlyMap<string, number>,
): readonly string[] {
  const regions = [...now].filter(([region, percent]) => region !== '' && percent > 0)
  const health = endpoints.some(e => e.health === 'healthy')
    ? regions.flatMap(([region]) => lossOf(region, decision, endpoints, now))
    : []
  return [...health, ...returnOf(decision, endpoints, now), ...adviceFor(decision)]
}

/** `90% cn-hangzhou, 10% cn-shanghai`. */
export function sharesText(shares: ReadonlyMap<string, number>): string {
  const there = [...shares].filter(([, percent]) => percent > 0).toSorted((a, b) => b[1] - a[1])
  return (
    there.map(([region, percent]) => `${percentText(percent)} ${region || 'unknown region'}`).join(', ') || 'nowhere'
  )
}

function percentText(percent: number): string {
  return `${Math.round(percent * 100) / 100}%`
}

/**
 * How many more endpoints of the source's own region must become unhealthy (nearest first) until requests begin to leave it;
 * undefined: none stay there now, or they never leave. Pure.
 */
export function leavesAfter(decision: Decision, endpoints: readonly Endpoint[]): number | undefined {
  const { region } = decision.source
  const before = shares(decision, endpoints).get(region) ?? 0
  const nearest = nearestOf(region, decision, endpoints)
  if (before === 0 || nearest.length === 0) return undefined
  const after = (count: number) => sharesWithout(decision, endpoints, new Set(nearest.slice(0, count)))
  return smallest(nearest.length, n => (after(n).get(region) ?? 0) < before - 0.005) || undefined
}

/** Healthy endpoints of a region in the order in which they are used. */
function nearestOf(region: string, decision: Decision, endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return arrange(decision, endpoints)
    .priorities.flat()
    .flatMap(g => g.endpoints)
    .filter(e => e.locality.region === region && e.health === 'healthy')
}

/** After how many more unhealthy endpoints of a region (nearest first) requests begin to leave it, and when all have left. */
function lossOf(
  region: string,
  decision: Decision,
  endpoints: readonly Endpoint[],
  now: ReadonlyMap<string, number>,
): readonly string[] {
  const nearest = nearestOf(region, decision, endpoints)
  if (nearest.length === 0) return []
  const after = (count: number) => sharesWithout(decision, endpoints, new Set(nearest.slice(0, count)))
  const before = now.get(region) ?? 0
  const first = smallest(nearest.length, n => (after(n).get(region) ?? 0) < before - 0.005)
  const all = after(nearest.length)
  const lost = `without any of ${count(nearest.length, 'healthy endpoint')} of ${region}: ${sharesText(all)}`
  if (first === 0 || first === nearest.length) return [lost]
  return [
    `${count(first, 'more unhealthy endpoint')} of ${region} and requests begin to leave it: ${sharesText(after(first))}`,
    lost,
  ]
}

/** The smallest n from 1 to `most` for which `holds`, which stays true once it is; 0 where it never is. */
function smallest(most: number, holds: (n: number) => boolean): number {
  if (!holds(most)) return 0
  let low = 1
  let high = most
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** What it would be with every endpoint healthy, where that differs. */
function returnOf(
  decision: Decision,
  endpoints: readonly Endpoint[],
  now: ReadonlyMap<string, number>,
): readonly string[] {
  const bad = endpoints.filter(e => e.health !== 'healthy')
  if (bad.length === 0) return []
  const healed = shares(
    decision,
    endpoints.map(e => ({ ...e, health: 'healthy' as const })),
  )
  const text = sharesText(healed)
  return text === sharesText(now) ? [] : [`with all endpoints healthy again: ${text}`]
}

function adviceFor(decision: Decision): readonly string[] {
  const advice: string[] = []
  const region = decision.source.region
  if (region === '')
    advice.push('a region label (topology.kubernetes.io/region) on the node of the proxy, or a region on its cluster')
  else if (decision.mode === 'none')
    advice.push(
      `a RegionalTrafficPolicy with failover from ${region}: requests would stay in ${region} while it is healthy`,
    )
  if (decision.mode !== 'none' && decision.mode !== 'istio' && decision.retry?.perTryTimeoutMs === undefined)
    advice.push('unansweredAfter on the policy: pods that accept requests and never answer would be left too')
  return advice
}

function sharesWithout(decision: Decision, endpoints: readonly Endpoint[], lost: ReadonlySet<Endpoint>) {
  return shares(
    decision,
    endpoints.map(e => (lost.has(e) ? { ...e, health: 'unhealthy' as const } : e)),
  )
}

function shares(decision: Decision, endpoints: readonly Endpoint[]): ReadonlyMap<string, number> {
  return byRegion(destinations(decision, arrange(decision, endpoints)))
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
