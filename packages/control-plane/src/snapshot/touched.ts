import { listStep } from '../collections/index.ts'
import type { Mesh } from '../model/index.ts'
import type { MeshChange } from './translator.ts'

/** Hostnames whose endpoint assignments may differ, or all of them. */
export type Touched = 'all' | ReadonlySet<string>

export const nothing: Touched = new Set()

/** Tables of rules that no assignment depends on. */
const routing: ReadonlySet<string> = new Set(['virtualServices', 'gateways'])

/** Whose assignments a change of the mesh may touch: a route's change must not cost a pass over every endpoint. */
export function touchedBy(change: MeshChange, before: Mesh | undefined, after: Mesh): Touched {
  if (change.kind === 'findings' || change.kind === 'workloads' || change.kind === 'credentials') return nothing
  if ((change.kind === 'endpoints' || change.kind === 'services') && change.hostnames) return new Set(change.hostnames)
  if (change.kind !== 'rules' || !change.tables || !before) return 'all'
  let touched: Touched = nothing
  for (const table of change.tables) {
    if (routing.has(table)) continue
    touched = table === 'destinationRules' ? union(touched, byRules(before, after)) : 'all'
  }
  return touched
}

export function union(a: Touched, b: Touched): Touched {
  if (a === 'all' || b === 'all') return 'all'
  if (a.size === 0) return b
  return b.size === 0 ? a : a.union(b)
}

/** Hosts of the DestinationRules that came, went or changed. */
function byRules(before: Mesh, after: Mesh): Touched {
  const { gone, come } = listStep(before.destinationRules, after.destinationRules)
  const hosts = new Set([...gone, ...come].map(rule => rule.host))
  return [...hosts].some(host => host.includes('*')) ? 'all' : hosts
}
