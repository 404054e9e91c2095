import type { ServiceRegions } from '@isthmus/api'
import type { Mesh, Service } from '../../model/index.ts'
import { explain } from '../../regions/index.ts'
import { refOf } from './findings.ts'
import { onePort } from './services.ts'
import { margin, regionsOf, type Seen, seenFrom } from './standpoint.ts'

/** One service as each region's callers meet it, and its endpoints by region. */
export function serviceRegions(mesh: Mesh, service: Service): ServiceRegions {
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
  const sidecar = source(service, region, 'sidecar', seenFrom(mesh, service, { from, role: 'sidecar' }))
  const gateway = source(service, region, 'gateway', seenFrom(mesh, service, { from, role: 'gateway' }))
  const same = JSON.stringify(sidecar.shares) === JSON.stringify(gateway.shares) && sidecar.mode === gateway.mode
  return same ? [sidecar] : [sidecar, gateway]
}

function source(
  service: Service,
  region: string,
  role: 'sidecar' | 'gateway',
  seen: Seen,
): ServiceRegions['sources'][number] {
  const { mode, summary, regions } = explain({ service: service.hostname, role, ...seen })
  const leaves = margin(seen)
  return {
    ...{ region, role, mode, summary },
    shares: regions.map(r => ({ region: r.region, percent: r.percent })),
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
