import type { ServiceRegions } from '@isthmus/api'
import type { Mesh, Service } from '../../model/index.ts'
import { outline } from '../../regions/index.ts'
import { refOf } from './findings.ts'
import { onePort } from './services.ts'
import { margin, regionsOf, type Seen, seenFrom } from './standpoint.ts'

/** One service as each region's callers meet it, and its endpoints by region. */
export function serviceRegions(mesh: Mesh, service: Service): ServiceRegions {
  const table = known.get(mesh) ?? new Map<string, ServiceRegions>()
  known.set(mesh, table)
  const had = table.get(service.hostname)
  if (had) return had
  const made = regionsOfService(mesh, service)
  table.set(service.hostname, made)
  return made
}

/** A stream asks again each second, and the mesh is mostly the same. */
const known = new WeakMap<Mesh, Map<string, ServiceRegions>>()

function regionsOfService(mesh: Mesh, service: Service): ServiceRegions {
  const carriesTcp = service.ports.some(p => p.protocol !== 'UDP')
  const sources = carriesTcp ? regionsOf(mesh).flatMap(region => sourcesIn(mesh, service, region)) : []
  const from = regionsOf(mesh)[0]
  const decided =
    carriesTcp && from !== undefined
      ? seenFrom(mesh, service, { from: { region: from, zone: '', subzone: '' }, role: 'sidecar' }).decision.decidedBy
      : undefined
  const policy = decided?.kind === 'RegionalTrafficPolicy' ? refOf(decided) : undefined
  return { service: service.hostname, ...(policy && { policy }), sources, destinations: destinationsOf(mesh, service) }
}

/** Sidecars' picture; the gateways' beside it where it differs. */
function sourcesIn(mesh: Mesh, service: Service, region: string): ServiceRegions['sources'] {
  const from = { region, zone: '', subzone: '' }
  const [sidecar, gateway] = (['sidecar', 'gateway'] as const).map(role => seenFrom(mesh, service, { from, role }))
  const own = source(region, 'sidecar', sidecar!)
  const order = (seen: Seen) => JSON.stringify([seen.decision.mode, seen.decision.ordering])
  return order(sidecar!) === order(gateway!) ? [own] : [own, source(region, 'gateway', gateway!)]
}

function source(region: string, role: 'sidecar' | 'gateway', seen: Seen): ServiceRegions['sources'][number] {
  const { summary, shares } = outline(seen.decision, seen.endpoints)
  const leaves = margin(seen)
  return {
    ...{ region, role, mode: seen.decision.mode, summary },
    shares: [...shares].map(([to, percent]) => ({ region: to, percent })),
    ...(leaves !== undefined && { leavesAfter: leaves }),
  }
}

function destinationsOf(mesh: Mesh, service: Service): ServiceRegions['destinations'] {
  const rows = new Map<string, { ready: number; notReady: number; stale: number }>()
  for (const e of onePort(service, mesh.endpoints.get(service.hostname) ?? [])) {
    const row = rows.get(e.locality.region) ?? { ready: 0, notReady: 0, stale: 0 }
    rows.set(e.locality.region, row)
    if (e.health === 'healthy') row.ready++
    else row.notReady++
    if (e.stale) row.stale++
  }
  return [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([region, row]) => ({ region, ...row, healthyPercent: (100 * row.ready) / (row.ready + row.notReady) }))
}
