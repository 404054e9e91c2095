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
 * The state of a region from the services that requests from it meet. Failed over: all of its services that count are; partly:
 * some are, or all in part. Pure.
 */
export function regionJudgement(
  region: string,
  /** Services that are not as usual. */
  affected: readonly ServiceStanding[],
  /** Those of them that count. */
  counted: readonly ServiceStanding[],
  /** Services that count and are as usual; `measured` of them have traffic. */
  others: { readonly total: number; readonly measured: number },
  clusters: readonly RegionCluster[],
): Judgement {
  const here = clusters.filter(cluster => cluster.region === region)
  const silent = here.filter(cluster => cluster.stale)
  const quiet = silent.map(c => `cluster ${c.name} has been silent for ${Math.round(c.silentMs / 1_000)} s`)
  const total = counted.length + others.total
  const basis: Basis = others.measured > 0 || affected.some(s => s.basis === 'measured') ? 'measured' : 'intended'
  const told = (state: RegionState, cause: string): Judgement => ({
    state,
    basis,
    cause: [cause, ...quiet].filter(Boolean).join('; '),
  })
  if (here.length === 0 && total + affected.length === 0)
    return told('unknown', `no cluster and no service is known in ${region}`)
  const worst = order.find(state => affected.some(s => s.state === state)) ?? 'normal'
  const causes = affected.filter(s => s.state === worst).toSorted((a, b) => (a.service < b.service ? -1 : 1))
  if (worst === 'failed over' || worst === 'partly failed over') {
    const whole = others.total === 0 && counted.length > 0 && counted.every(s => s.state === 'failed over')
    return told(whole ? 'failed over' : 'partly failed over', listed(causes))
  }
  if (worst === 'returning') return told('returning', listed(causes))
  // Nothing is measured and no cluster speaks: what is known may no longer be so.
  if (silent.length === here.length && silent.length > 0 && basis === 'intended') return told('unknown', '')
  if (worst === 'unknown' && others.total === 0) return told('unknown', listed(causes))
  return told(
    'normal',
    total === 0 ? `no service has endpoints in ${region}` : `${others.total} of ${total} services as usual`,
  )
}

function listed(services: readonly ServiceStanding[]): string {
  const named = services.slice(0, 3).map(s => s.cause)
  const more = services.slice(3).map(s => shortHost(s.service))
  const rest =
    more.length > 0
      ? [`and ${more.slice(0, 5).join(', ')}${more.length > 5 ? ` and ${more.length - 5} more` : ''}`]
      : []
  return [...named, ...rest].join('; ')
}
