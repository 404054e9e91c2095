import type { RegionState } from '@isthmus/api'
import { type Intent, type Judgement, judge, type Measured, type Standing, standing } from './region-state.ts'
import { type RegionCluster, regionJudgement, type ServiceStanding } from './region-summary.ts'

/** A region's state as it is shown. */
export interface RegionStanding extends Standing {
  readonly region: string
  /** Services whose requests from this region do not go where they usually do, by name. */
  readonly affected: readonly ServiceStanding[]
}

/** What the regions were judged to be, and all that the next judgement has to remember. */
export interface RegionPicture {
  readonly regions: ReadonlyMap<string, RegionStanding>
  /** Those that are not as usual, by `region|service`. */
  readonly services: ReadonlyMap<string, ServiceStanding>
  /** By intent: what it said, and since when. */
  readonly intents: ReadonlyMap<string, { readonly intent: Intent; readonly since: number }>
}

export const nothingJudged: RegionPicture = { regions: new Map(), services: new Map(), intents: new Map() }

export interface RegionInput {
  readonly now: number
  /** Every region of the mesh. */
  readonly regions: readonly string[]
  readonly clusters: readonly RegionCluster[]
  /** Services that may not be as usual, and those with traffic. All others are as usual. */
  readonly intents: readonly Intent[]
  readonly measured: (intent: Intent) => Measured | undefined
  /** Services that nobody called for an hour do not count for a region while others are called: half of a cluster is like that. */
  readonly counts: (service: string) => boolean
  /** How many services that count have, or had, endpoints in a region. */
  readonly servicesIn: (region: string) => number
  /** For how long after an intent changed what is measured is still of the one before. Milliseconds. */
  readonly settleMs: number
}

const severity: Readonly<Record<RegionState, number>> = {
  'failed over': 4,
  'partly failed over': 3,
  returning: 2,
  unknown: 1,
  normal: 0,
}

/** The next picture. Pure. */
export function follow(before: RegionPicture, input: RegionInput): RegionPicture {
  const intents = new Map<string, { intent: Intent; since: number }>()
  const judged = new Map<string, { intent: Intent; judgement: Judgement; traffic: boolean }[]>()
  for (const intent of input.intents) {
    const key = `${intent.role}|${intent.region}|${intent.subset}|${intent.service}`
    const known = before.intents.get(key)
    const since = known ? (sameShares(known.intent, intent) ? known.since : input.now) : 0
    intents.set(key, { intent, since })
    const place = `${intent.region}|${intent.service}`
    const measured = input.measured(intent)
    const fresh = since > 0 && input.now - since < input.settleMs
    const judgement = judge(intent, measured, before.services.get(place)?.state, fresh)
    const one = { intent, judgement, traffic: judgement.basis === 'measured' }
    const all = judged.get(place)
    if (all) all.push(one)
    else judged.set(place, [one])
  }
  const services = new Map<string, ServiceStanding>()
  const usual = new Map<string, number>()
  for (const [place, all] of judged) {
    const { service, region } = all[0]!.intent
    const { judgement } = worst(all)
    if (judgement.state === 'normal') {
      if (judgement.basis === 'measured') usual.set(region, (usual.get(region) ?? 0) + 1)
      continue
    }
    services.set(place, { service, region, ...standing(input.now, judgement, before.services.get(place)) })
  }
  const regions = new Map<string, RegionStanding>()
  for (const region of input.regions) {
    const affected = [...services.values()].filter(s => s.region === region)
    const measured = usual.get(region) ?? 0
    const counted = affected.filter(s => input.counts(s.service))
    const others = { total: Math.max(measured, input.servicesIn(region) - counted.length), measured }
    const judgement = regionJudgement(region, affected, counted, others, input.clusters)
    const next = standing(input.now, judgement, before.regions.get(region))
    regions.set(region, { region, ...next, affected: affected.toSorted((a, b) => (a.service < b.service ? -1 : 1)) })
  }
  return { regions, services, intents }
}

function sameShares(a: Intent, b: Intent): boolean {
  return a === b || JSON.stringify([a.usual, a.now]) === JSON.stringify([b.usual, b.now])
}

/** What is measured counts; where nothing is, the sidecars' whole service does. Then the worst. */
function worst<T extends { intent: Intent; judgement: Judgement; traffic: boolean }>(all: readonly T[]): T {
  const measured = all.filter(j => j.traffic)
  const whole = all.filter(j => j.intent.subset === '')
  const sidecars = whole.filter(j => j.intent.role === 'sidecar')
  const counted = [measured, sidecars, whole, all].find(list => list.length > 0) ?? all
  return counted.reduce((a, b) => (severity[b.judgement.state] > severity[a.judgement.state] ? b : a))
}

/** Regions whose state is another than before; a region that is first seen as normal is none. */
export function regionChanges(before: RegionPicture, after: RegionPicture): readonly RegionStanding[] {
  return [...after.regions.values()].filter(r => r.state !== (before.regions.get(r.region)?.state ?? 'normal'))
}

/** Services whose state is another than before, those that are as usual again among them. */
export function serviceChanges(
  before: RegionPicture,
  after: RegionPicture,
): readonly { readonly service: string; readonly region: string; readonly now: ServiceStanding | undefined }[] {
  const changed = [...after.services]
    .filter(([key, s]) => s.state !== before.services.get(key)?.state)
    .map(([, now]) => ({ service: now.service, region: now.region, now }))
  const over = [...before.services]
    .filter(([key]) => !after.services.has(key))
    .map(([, { service, region }]) => ({ service, region, now: undefined }))
  return [...changed, ...over]
}
