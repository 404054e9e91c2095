import type { Basis, RegionState } from '@isthmus/api'
import { type Judgement, type Standing, shortHost } from './region-state.ts'

/** A member cluster as far as a region's state depends on it. */
export interface RegionCluster {
  readonly name: string
  readonly region: string
  readonly stale: boolean
  /** Milliseconds since its API last said anything. */
  readonly silentMs: number
}

/** One service as requests from a region meet it. */
export interface ServiceStanding extends Standing {
  readonly service: string
  readonly region: string
}

/** Bad ones first: what a region is when its services differ. */
const order: readonly RegionState[] = ['failed over', 'partly failed over', 'returning', 'unknown', 'normal']

/**
 * The state of a region from the services that requests from it meet. Failed over: all of its services that have a part there
 * are; partly: some are, or all in part. Pure.
 */
export function regionJudgement(
  region: string,
  services: readonly ServiceStanding[],
  /** Services whose state is normal and that are not in `services`; `measured` of them have traffic. */
  others: { readonly total: number; readonly measured: number },
  clusters: readonly RegionCluster[],
): Judgement {
  const silent = clusters.filter(cluster => cluster.region === region && cluster.stale)
  const here = clusters.filter(cluster => cluster.region === region)
  const quiet = silent.map(c => `cluster ${c.name} has been silent for ${Math.round(c.silentMs / 1_000)} s`)
  const total = services.length + others.total
  const of = (state: RegionState) => services.filter(s => s.state === state)
  const normal = others.total + of('normal').length
  const basis: Basis = others.measured > 0 || services.some(s => s.basis === 'measured') ? 'measured' : 'intended'
  const told = (state: RegionState, cause: string): Judgement => ({
    state,
    basis,
    cause: [cause, ...quiet].filter(Boolean).join('; '),
  })
  if (here.length === 0 && total === 0) return told('unknown', `no cluster and no service is known in ${region}`)
  const worst = order.find(state => of(state).length > 0) ?? 'normal'
  const causes = services.filter(s => s.state === worst).toSorted((a, b) => (a.service < b.service ? -1 : 1))
  if (worst === 'failed over' || worst === 'partly failed over') {
    const whole = worst === 'failed over' && normal === 0 && of('failed over').length === total
    return told(whole ? 'failed over' : 'partly failed over', listed(causes, total))
  }
  if (worst === 'returning') return told('returning', listed(causes, total))
  // Nothing is measured and the cluster does not speak: what is known may no longer be so.
  if (silent.length === here.length && silent.length > 0 && basis === 'intended') return told('unknown', '')
  if (worst === 'unknown' && normal === 0) return told('unknown', listed(causes, total))
  const cause = total === 0 ? `no service has endpoints in ${region}` : `${normal} of ${total} services as usual`
  return told('normal', cause)
}

function listed(services: readonly ServiceStanding[], total: number): string {
  const named = services.slice(0, 3).map(s => s.cause)
  const more = services.length - named.length
  const rest = more > 0 ? [`and ${more} more of ${total} services, as ${shortHost(services[3]!.service)}`] : []
  return [...named, ...rest].join('; ')
}
