import type { Flow as FlowRow, Matrix } from '@isthmus/api'
import type { Flow } from './flow.ts'
import type { LoadStore } from './load-store.ts'
import { seconds, type Window } from './window.ts'

export interface MatrixQuery {
  /** Fully qualified host; absent: the whole mesh. */
  readonly service?: string
  /** Default a minute. */
  readonly windowMs?: number
  readonly role?: 'gateway' | 'sidecar'
}

/** Requests by source and destination region. Pure but for the store it reads. */
function flowsBetween(store: LoadStore, window: Window, fits: (flow: Flow) => boolean): readonly FlowRow[] {
  const rows = new Map<string, { source: string; destination: string; requests: number; errors: number }>()
  const sources = new Map<string, number>()
  for (const { key, history } of store.flows()) {
    if (history.last <= window.from || !fits(key)) continue
    const { requests, errors } = history.at(window.resolution).sum(window.from, Number.POSITIVE_INFINITY)
    if (requests === 0) continue
    const { source, destination } = key
    const at = `${source}|${destination}`
    const row = rows.get(at) ?? { source, destination, requests: 0, errors: 0 }
    rows.set(at, { ...row, requests: row.requests + requests, errors: row.errors + errors })
    sources.set(source, (sources.get(source) ?? 0) + requests)
  }
  const span = seconds(window)
  return [...rows.values()]
    .map(row => ({
      ...row,
      requestsPerSecond: row.requests / span,
      errorsPerSecond: row.errors / span,
      measuredPercent: (100 * row.requests) / (sources.get(row.source) ?? row.requests),
    }))
    .sort((a, b) => compare(a.source, b.source) || compare(a.destination, b.destination))
}

export function matrix(
  store: LoadStore,
  { service, windowMs = 60_000, role }: MatrixQuery,
  at: { readonly now: number; readonly intervalMs: number; readonly regions: readonly string[] },
): Matrix {
  const window = store.window(windowMs)
  const flows = flowsBetween(
    store,
    window,
    flow => (!service || flow.service === service) && (!role || flow.role === role),
  )
  const regions = new Set([...at.regions, ...flows.flatMap(f => [f.source, f.destination])])
  return {
    ...(service && { service }),
    windowSeconds: Math.round(seconds(window)),
    reportSeconds: at.intervalMs / 1_000,
    ...(store.newest !== undefined && { measuredAt: store.newest }),
    at: at.now,
    regions: [...regions].sort(compare),
    flows: [...flows],
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
