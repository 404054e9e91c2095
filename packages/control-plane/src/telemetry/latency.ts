import type { Latency } from '@isthmus/api'
import { type Answer, askedOf } from './ask-proxies.ts'
import { type Sample, samples } from './prometheus-text.ts'

/** What `latencyFrom` reads, and nothing else of a proxy's statistics. */
export const latencyPath = '/stats/prometheus?filter=istio_request'

const percentiles = [50, 90, 95, 99]

/**
 * Latency and response codes of a service from the statistics of the proxies beside its pods, since each of them began. Pure.
 * Percentiles are within a bucket of Envoy's histogram, as straight as Prometheus' histogram_quantile draws it.
 */
export function latencyFrom(service: string, answers: readonly Answer[], at: number): Latency {
  const all = answers
    .flatMap(a => samples(a.text ?? '', ['istio_requests_total', 'istio_request_duration_milliseconds_bucket']))
    .filter(s => s.labels.destination_service === service && s.labels.reporter === 'destination')
  const codes = new Map<string, number>()
  for (const { value, labels } of all.filter(s => s.name.endsWith('_total'))) {
    const code = labels.response_code ?? ''
    // 0 is a request that went away before there was an answer.
    const kind = /^[1-5]\d\d$/.test(code) ? `${code[0]}xx` : 'no answer'
    codes.set(kind, (codes.get(kind) ?? 0) + value)
  }
  const buckets = bucketsOf(all.filter(s => s.name.endsWith('_bucket')))
  return {
    service,
    at,
    percentiles: percentiles.flatMap(percentile => {
      const milliseconds = quantile(buckets, percentile / 100)
      return milliseconds === undefined ? [] : [{ percentile, milliseconds }]
    }),
    responseCodes: [...codes]
      .map(([code, requests]) => ({ code, requests: Math.round(requests) }))
      .sort((a, b) => (a.code < b.code ? -1 : 1)),
    asked: askedOf(answers),
  }
}

/** How many took at most so many milliseconds, over all series. */
type Buckets = readonly (readonly [upTo: number, count: number])[]

function bucketsOf(all: readonly Sample[]): Buckets {
  const sums = new Map<number, number>()
  for (const { labels, value } of all) {
    const upTo = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le)
    if (!Number.isNaN(upTo)) sums.set(upTo, (sums.get(upTo) ?? 0) + value)
  }
  return [...sums].sort(([a], [b]) => a - b)
}

/** Undefined where nothing was counted. Beyond the last bound that bound is said: more is not known. */
export function quantile(buckets: Buckets, part: number): number | undefined {
  const total = buckets.at(-1)?.[1] ?? 0
  if (total === 0) return undefined
  const rank = part * total
  let [lowest, below] = [0, 0]
  for (const [upTo, count] of buckets) {
    if (count >= rank && count > below) {
      if (upTo === Number.POSITIVE_INFINITY) return lowest
      return lowest + ((upTo - lowest) * (rank - below)) / (count - below)
    }
    if (upTo !== Number.POSITIVE_INFINITY) lowest = upTo
    below = count
  }
  return lowest
}
