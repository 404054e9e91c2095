import type { LoadStore } from './load-store.ts'
import type { Measured } from './region-state.ts'

const hourMs = 3_600_000

/** What was sent in the last `lengthMs`, by role, source region, subset and service. */
export function measuredBy(store: LoadStore, lengthMs: number): ReadonlyMap<string, Measured> {
  const window = store.window(lengthMs)
  const all = new Map<string, { requests: number; errors: number; to: Record<string, number> }>()
  for (const { key, history } of store.flows()) {
    if (history.last <= window.from) continue
    const { requests, errors } = history.at(window.resolution).sum(window.from, Number.POSITIVE_INFINITY)
    if (requests === 0) continue
    const at = measuredKey(key.role, key.source, key.subset, key.service)
    const had = all.get(at) ?? { requests: 0, errors: 0, to: {} }
    all.set(at, {
      requests: had.requests + requests,
      errors: had.errors + errors,
      to: { ...had.to, [key.destination]: (had.to[key.destination] ?? 0) + requests },
    })
  }
  return all
}

/** Services that anybody sent a request to in the last hour. */
export function usedServices(store: LoadStore, now: number): ReadonlySet<string> {
  const used = new Set<string>()
  for (const { key, history } of store.flows()) if (history.last > now - hourMs) used.add(key.service)
  return used
}

export function measuredKey(role: string, region: string, subset: string, service: string): string {
  return `${role}|${region}|${subset}|${service}`
}
