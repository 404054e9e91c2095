import type { Preview } from '@isthmus/api'
import type { Mesh, Service } from '../../model/index.ts'
import { sharesText } from '../../regions/index.ts'
import { sharesFrom } from './matrix.ts'
import { regionsOf } from './standpoint.ts'

type Role = 'sidecar' | 'gateway'

/** Measured requests per second for a service from a region, by the kind of proxy that sent them. */
export type Measured = (service: string, source: string, role: Role) => number

interface Row {
  readonly service: Service
  readonly source: string
  readonly role: Role
  readonly before: ReadonlyMap<string, number>
  readonly after: ReadonlyMap<string, number>
  readonly changed: boolean
  readonly requestsPerSecond: number
}

const roles: readonly Role[] = ['sidecar', 'gateway']

/** Services looked at before other work has its turn: proxies must not wait for a preview. */
const atATime = 20
const mostListed = 1000

/** What another mesh would do with the traffic of the present one, service by service and source by source. */
export async function compareMeshes(
  before: Mesh,
  after: Mesh,
  services: readonly Service[],
  measured: Measured,
): Promise<Pick<Preview, 'moves' | 'services' | 'changedServices'>> {
  const regions = regionsOf(before)
  const rows: Row[] = []
  for (const [i, service] of services.entries()) {
    if (i > 0 && i % atATime === 0) await new Promise(resolve => setImmediate(resolve))
    if (!service.ports.some(p => p.protocol !== 'UDP')) continue
    for (const source of regions)
      for (const role of roles) rows.push(rowOf(before, after, service, source, role, measured))
  }
  const changed = rows.filter(r => r.changed)
  const once = new Map(changed.toReversed().map(r => [`${r.service.hostname} ${r.source}`, r]))
  return {
    moves: regions.flatMap(source =>
      movesFrom(
        source,
        rows.filter(r => r.source === source),
      ),
    ),
    services: [...once.values()]
      .toReversed()
      .slice(0, mostListed)
      .map(r => ({
        service: r.service.hostname,
        source: r.source,
        before: sharesText(r.before),
        after: sharesText(r.after),
      })),
    changedServices: new Set(changed.map(r => r.service.hostname)).size,
  }
}

function rowOf(before: Mesh, after: Mesh, service: Service, source: string, role: Role, measured: Measured): Row {
  const [was, will] = [before, after].map(mesh => sharesFrom(mesh, service, source, role) ?? new Map<string, number>())
  const changed = [...new Set([...was!.keys(), ...will!.keys()])].some(
    r => Math.abs((was!.get(r) ?? 0) - (will!.get(r) ?? 0)) > 0.005,
  )
  const requestsPerSecond = measured(service.hostname, source, role)
  return { service, source, role, before: was!, after: will!, changed, requestsPerSecond }
}

/**
 * Where requests were measured they are the weights. Where none were, every service whose traffic would move counts alike,
 * or, where none would, every service.
 */
function movesFrom(source: string, rows: readonly Row[]): Preview['moves'] {
  const total = rows.reduce((sum, r) => sum + r.requestsPerSecond, 0)
  const there = rows.filter(r => r.before.size > 0 || r.after.size > 0)
  const moving = there.filter(r => r.changed)
  const counted = total > 0 ? rows.filter(r => r.requestsPerSecond > 0) : moving.length > 0 ? moving : there
  const weight = (r: Row) => (total > 0 ? r.requestsPerSecond / total : 1 / counted.length)
  const destinations = new Set(counted.flatMap(r => [...r.before.keys(), ...r.after.keys()]))
  return [...destinations].sort().map(destination => {
    const percent = (of: 'before' | 'after') =>
      counted.reduce((sum, r) => sum + (r[of].get(destination) ?? 0) * weight(r), 0)
    const [beforePercent, afterPercent] = [percent('before'), percent('after')]
    return {
      ...{ source, destination, beforePercent, afterPercent },
      ...(total > 0 && {
        beforeRequestsPerSecond: (total * beforePercent) / 100,
        afterRequestsPerSecond: (total * afterPercent) / 100,
      }),
    }
  })
}
