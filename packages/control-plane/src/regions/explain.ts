import type { Endpoint, Finding } from '../model/index.ts'
import { localityText, originText } from '../model/index.ts'
import { arrange } from './arrange.ts'
import type { Decision } from './decision.ts'
import { byRegion, type Destination, destinations, healthyOf } from './shares.ts'
import { changesOf, sharesText } from './what-if.ts'

/** Where requests for a service go from one source, and why: what the CLI and the console show. Plain data, fit for JSON. */
export interface Explanation {
  readonly service: string
  /** `region/zone/subzone` of the source. */
  readonly from: string
  readonly role: 'sidecar' | 'gateway'
  readonly mode: Decision['mode']
  /** The object that decided: `RegionalTrafficPolicy istio-system/mesh-wide`. */
  readonly decidedBy?: string
  /** One sentence. */
  readonly summary: string
  /** Percent of requests by region; adds up to 100 unless there is nothing to send to. */
  readonly regions: readonly RegionShare[]
  readonly destinations: readonly Destination[]
  /** Why, in order. */
  readonly reasons: readonly string[]
  /** What would change it. */
  readonly changes: readonly string[]
  readonly findings: readonly Finding[]
}

export interface RegionShare {
  /** '' where it is unknown. */
  readonly region: string
  readonly percent: number
  readonly endpoints: number
  readonly healthy: number
}

/** Where requests go now, in a sentence and by region, without why or what would change it. Pure. */
export function outline(
  decision: Decision,
  endpoints: readonly Endpoint[],
): { readonly summary: string; readonly shares: ReadonlyMap<string, number> } {
  const list = destinations(decision, arrange(decision, endpoints))
  const shares = byRegion(list)
  return { summary: summary(decision, list, shares, endpoints), shares }
}

/** Explains a decision with the endpoints there are. Pure. Health is what the control plane knows: a proxy may eject more. */
export function explain(input: {
  readonly service: string
  readonly role: 'sidecar' | 'gateway'
  readonly decision: Decision
  /** Of the port in question. */
  readonly endpoints: readonly Endpoint[]
}): Explanation {
  const { decision, endpoints } = input
  const arrangement = arrange(decision, endpoints)
  const list = destinations(decision, arrangement)
  const shares = byRegion(list)
  const regions = [...shares].map(([region, percent]) => {
    const here = list.filter(d => d.locality.region === region)
    return { region, percent, endpoints: total(here, 'endpoints'), healthy: total(here, 'healthy') }
  })
  return {
    service: input.service,
    from: localityText(decision.source),
    role: input.role,
    mode: decision.mode,
    decidedBy: decision.decidedBy && originText(decision.decidedBy),
    summary: summary(decision, list, shares, endpoints),
    regions,
    destinations: list,
    reasons: [
      ...decision.reasons,
      ...(arrangement.notes ?? []),
      ...endpointReasons(decision, endpoints),
      ...healthReasons(list),
    ],
    changes: changesOf(decision, endpoints, shares),
    findings: decision.findings,
  }
}

function summary(
  decision: Decision,
  list: readonly Destination[],
  shares: ReadonlyMap<string, number>,
  endpoints: readonly Endpoint[],
): string {
  if (list.length === 0)
    return endpoints.length === 0
      ? 'there is no endpoint: every request fails with 503'
      : 'no endpoint is in a region the policy allows: every request fails with 503'
  if (healthyOf(endpoints).length === 0 && !list.some(d => d.panic))
    return 'no endpoint is healthy: every request fails with 503'
  const local = decision.source.region && (shares.get(decision.source.region) ?? 0) > 99.99
  const panic = list.some(d => d.panic && d.percent > 0)
  return `${sharesText(shares)}${local ? ': kept local' : ''}${panic ? ', to healthy and unhealthy alike' : ''}`
}

function endpointReasons(decision: Decision, endpoints: readonly Endpoint[]): readonly string[] {
  const reasons: string[] = []
  const { region } = decision.source
  if (region && endpoints.length > 0 && !endpoints.some(e => e.locality.region === region))
    reasons.push(`${region} has no endpoint of this service`)
  const unknown = endpoints.filter(e => e.locality.region === '').length
  if (unknown > 0) reasons.push(`${unknown} of ${endpoints.length} endpoints have no region`)
  const stale = endpoints.filter(e => e.stale).length
  if (stale > 0) reasons.push(`${stale} of ${endpoints.length} endpoints are last known: their cluster's API is away`)
  return reasons
}

function healthReasons(list: readonly Destination[]): readonly string[] {
  const reasons: string[] = []
  for (const d of list) {
    const place = localityText(d.locality) || 'unknown locality'
    if (d.panic && d.percent > 0)
      reasons.push(`${place}: panic, ${d.healthy} of ${d.endpoints} healthy is below the threshold, so all are used`)
    else if (d.healthy < d.endpoints) reasons.push(`${place}: ${d.healthy} of ${d.endpoints} endpoints are healthy`)
  }
  return reasons
}

function total(list: readonly Destination[], field: 'endpoints' | 'healthy'): number {
  return list.reduce((sum, d) => sum + d[field], 0)
}
