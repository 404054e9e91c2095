import type { Basis, RegionState } from '@isthmus/api'

/** Where requests for a service from one region should go: what policy and the endpoints' health come to. */
export interface Intent {
  /** Fully qualified host. */
  readonly service: string
  readonly subset: string
  /** The source region, and which of its proxies send: a distribution may hold for gateways only. */
  readonly region: string
  readonly role: 'gateway' | 'sidecar'
  /** Percent by region as it would be with every endpoint healthy, those included that the region has had. */
  readonly usual: Readonly<Record<string, number>>
  /** Percent by region now; empty where there is nothing to send to. */
  readonly now: Readonly<Record<string, number>>
  /** In the source region. */
  readonly local: { readonly endpoints: number; readonly healthy: number; readonly stale: number }
  /** What decides, in words: `failover rule of RegionalTrafficPolicy istio-system/mesh-wide`. */
  readonly by: string
}

/** Requests for a service from one region in the last few seconds, by destination region. */
export interface Measured {
  readonly requests: number
  readonly errors: number
  readonly to: Readonly<Record<string, number>>
}

export interface Judgement {
  readonly state: RegionState
  readonly basis: Basis
  readonly cause: string
}

/** A judgement and since when, in milliseconds since the epoch, it has been the same state. */
export interface Standing extends Judgement {
  readonly since: number
}

/** Fewer requests than this say nothing about shares. */
const enough = 10
/** Percentage points by which a share may differ before it means anything, however many requests there are. */
const tolerance = 5

/**
 * The state of one service as requests from one region meet it: measured where there is enough traffic, else what is intended.
 * The region's own part of the requests is compared with its usual part. Pure: `before` is its only memory.
 */
export function judge(
  intent: Intent,
  measured: Measured | undefined,
  before: RegionState | undefined,
  /** The intent is so new that what was measured is still of the one before. */
  fresh = false,
): Judgement {
  const { region, local } = intent
  const usual = intent.usual[region] ?? 0
  const wanted = sum(intent.now)
  const traffic = measured && measured.requests >= enough ? measured : undefined
  const basis: Basis = traffic ? 'measured' : 'intended'
  if (Object.keys(intent.usual).length === 0 && !traffic)
    return { state: 'unknown', basis: 'intended', cause: `${shortHost(intent.service)} has no endpoint anywhere` }
  if (local.endpoints > 0 && local.stale === local.endpoints && !traffic)
    return {
      state: 'unknown',
      basis: 'intended',
      cause: `${shortHost(intent.service)}: endpoints in ${region} are as last known, and no request is measured`,
    }
  const intended = intent.now[region] ?? 0
  const share = traffic ? (100 * (traffic.to[region] ?? 0)) / traffic.requests : intended
  const slack = traffic ? slackOf(usual, traffic.requests) : 0.5
  const words = (state: RegionState): Judgement => ({ state, basis, cause: causeOf(intent, traffic, state) })
  const healed = intended >= usual - 0.5
  const settling = fresh && healed && (before === undefined || before === 'normal')
  if (share >= usual - slack || settling) {
    if (wanted === 0 && usual > 0 && !traffic) return words('failed over')
    return words('normal')
  }
  const lost = share <= Math.min(1, usual / 2)
  const away = before === 'failed over' || before === 'partly failed over' || before === 'returning'
  if (traffic && healed && fresh && away) return words('returning')
  return words(lost ? 'failed over' : 'partly failed over')
}

/** What chance alone explains (three standard deviations), or the tolerance, whichever is more. */
function slackOf(percent: number, requests: number): number {
  const p = Math.min(Math.max(percent / 100, 0), 1)
  return Math.max(tolerance, 300 * Math.sqrt((p * (1 - p)) / requests))
}

function causeOf(intent: Intent, traffic: Measured | undefined, state: RegionState): string {
  const { region, local, by } = intent
  const name = `${shortHost(intent.service)}${intent.subset ? ` (subset ${intent.subset})` : ''}`
  const health =
    local.endpoints === 0
      ? `no endpoint in ${region}`
      : `${local.healthy} of ${local.endpoints} endpoints in ${region} ${local.healthy === 1 ? 'is' : 'are'} healthy`
  const meant = sharesText(intent.now)
  const seen = traffic ? `measured ${sharesText(percentOf(traffic))}` : undefined
  if (state === 'normal') return `${name}: ${seen ?? `${meant || 'nowhere'} intended, no request measured`}`
  if (meant === '') return `${name}: ${health}; requests fail${seen ? `, ${seen}` : ''}`
  const ejected = local.healthy === local.endpoints && local.endpoints > 0
  if (ejected && traffic && state !== 'returning')
    return `${name}: ${health}, and yet proxies send elsewhere (${seen}): ejections or retries`
  if (state === 'returning') return `${name}: ${health} again; ${meant} intended, ${seen}`
  return `${name}: ${health}; ${seen ?? `${meant} intended`} by ${by}`
}

function percentOf({ to, requests }: Measured): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(to).map(([region, n]) => [region, (100 * n) / requests]))
}

/** `90% cn-shanghai, 10% cn-hangzhou`; '' where there is nothing. */
export function sharesText(shares: Readonly<Record<string, number>>): string {
  return Object.entries(shares)
    .filter(([, percent]) => percent >= 0.05)
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([region, percent]) => `${Math.round(percent * 10) / 10}% to ${region || 'an unknown region'}`)
    .join(', ')
}

/** `reviews.default` for `reviews.default.svc.cluster.local`. */
export function shortHost(host: string): string {
  const [name, namespace, svc] = host.split('.')
  return svc === 'svc' ? `${name}.${namespace}` : host
}

function sum(shares: Readonly<Record<string, number>>): number {
  return Object.values(shares).reduce((a, b) => a + b, 0)
}

/** The same state keeps its time, whatever becomes of the words. */
export function standing(now: number, next: Judgement, before: Standing | undefined): Standing {
  return { ...next, since: before && before.state === next.state ? before.since : now }
}
