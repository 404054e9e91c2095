import type { Series } from '@isthmus/api'
import { resolutionFor } from './history.ts'
import type { LoadStore } from './load-store.ts'

export interface SeriesQuery {
  /** Fully qualified host; absent: the whole mesh. */
  readonly service?: string
  readonly source?: string
  readonly destination?: string
  /** Default five minutes. */
  readonly windowMs?: number
}

/**
 * Rates over time, a line for each source and destination. It ends with the last bucket that every proxy has reported on; a
 * bucket on which nobody did is null, not zero.
 */
export function series(
  store: LoadStore,
  { service, source, destination, windowMs = 300_000 }: SeriesQuery,
  at: { readonly now: number; readonly intervalMs: number },
): Series {
  const resolution = resolutionFor(windowMs)
  const { stepMs } = resolution
  const told = store.newest === undefined || at.now - store.newest > 2 * at.intervalMs + 1_000 ? at.now : store.newest
  const to = Math.floor((told - at.intervalMs) / stepMs) * stepMs
  const points = Math.max(1, Math.min(resolution.steps - 1, Math.floor(windowMs / stepMs)))
  const from = to - points * stepMs
  const empty = () => ({ requests: new Array<number>(points).fill(0), errors: new Array<number>(points).fill(0) })
  const reported = empty()
  store.reported.at(resolution).addTo(reported, from, to)
  const lines = new Map<string, { source: string; destination: string; sums: ReturnType<typeof empty> }>()
  for (const { key, history } of store.flows()) {
    if (service && key.service !== service) continue
    if (source !== undefined && key.source !== source) continue
    if (destination !== undefined && key.destination !== destination) continue
    const text = `${key.source}|${key.destination}`
    const line = lines.get(text) ?? { source: key.source, destination: key.destination, sums: empty() }
    lines.set(text, line)
    history.at(resolution).addTo(line.sums, from, to)
  }
  const rate = (counts: readonly number[]) =>
    counts.map((count, i) => ((reported.requests[i] ?? 0) > 0 ? (count * 1_000) / stepMs : null))
  return {
    service: service ?? '',
    stepSeconds: stepMs / 1_000,
    times: reported.requests.map((_, i) => from + i * stepMs),
    lines: [...lines.values()]
      .filter(line => line.sums.requests.some(n => n > 0))
      .map(line => ({
        source: line.source,
        destination: line.destination,
        requestsPerSecond: rate(line.sums.requests),
        errorsPerSecond: rate(line.sums.errors),
      }))
      .sort((a, b) => (`${a.source}|${a.destination}` < `${b.source}|${b.destination}` ? -1 : 1)),
  }
}
