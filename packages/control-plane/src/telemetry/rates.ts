import type { LoadStore, Sender } from './load-store.ts'
import { seconds } from './window.ts'

/** Requests of one thing in a window, measured. */
export interface Rate {
  readonly requests: number
  readonly errors: number
  readonly requestsPerSecond: number
  readonly errorsPerSecond: number
  /** 0 where there was no request. */
  readonly errorPercent: number
}

/** By service, those that had requests in the window. */
export function serviceRates(store: LoadStore, windowMs: number): ReadonlyMap<string, Rate> {
  const window = store.window(windowMs)
  const sums = new Map<string, { requests: number; errors: number }>()
  for (const { key, history } of store.flows()) {
    const { requests, errors } = history.at(window.resolution).sum(window.from, Number.POSITIVE_INFINITY)
    if (requests === 0) continue
    const had = sums.get(key.service)
    sums.set(key.service, { requests: (had?.requests ?? 0) + requests, errors: (had?.errors ?? 0) + errors })
  }
  return new Map([...sums].map(([service, sum]) => [service, rateOf(sum, seconds(window))]))
}

/** What gateways, and the sidecars of each cluster together, sent in the window. */
export function senderRates(store: LoadStore, windowMs: number): readonly (Sender & Rate)[] {
  const window = store.window(windowMs)
  return [...store.senders()]
    .map(({ key, history }) => ({
      ...key,
      ...rateOf(history.at(window.resolution).sum(window.from, Number.POSITIVE_INFINITY), seconds(window)),
    }))
    .sort((a, b) => (`${a.cluster}|${a.gateway}` < `${b.cluster}|${b.gateway}` ? -1 : 1))
}

function rateOf(count: { readonly requests: number; readonly errors: number }, span: number): Rate {
  return {
    ...count,
    requestsPerSecond: count.requests / span,
    errorsPerSecond: count.errors / span,
    errorPercent: count.requests === 0 ? 0 : (100 * count.errors) / count.requests,
  }
}
