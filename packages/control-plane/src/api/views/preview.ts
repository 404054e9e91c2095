import type { Preview } from '@isthmus/api'
import type { Mesh, Service } from '../../model/index.ts'
import { explain } from '../../regions/index.ts'
import { intendedShares, regionsOf, seenFrom } from './standpoint.ts'

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

/** What another mesh would do with the traffic of the present one, service by service and source by source. Pure. */
export function compareMeshes(
  before: Mesh,
  after: Mesh,
  services: readonly Service[],
  measured: Measured,
): Pick<Preview, 'moves' | 'services' | 'changedServices'> {
  const regions = regionsOf(before)
  const rows = services.flatMap(service =>
    service.ports.some(p => p.protocol !== 'UDP')
      ? regions.flatMap(source => roles.map(role => rowOf(before, after, service, source, role, measured)))
      : [],
  )
  const changed = rows.filter(r => r.changed)
  return {
    moves: regions.flatMap(source =>
      movesFrom(
        source,
        rows.filter(r => r.source === source),
      ),
    ),
    services: changed
      .filter((r, i) => changed.findIndex(o => o.service === r.service && o.source === r.source) === i)
      .slice(0, 1000)
      .map(r => ({
        service: r.service.hostname,
        source: r.source,
        before: summaryOf(before, r),
        after: summaryOf(after, r),
      })),
    changedServices: new Set(changed.map(r => r.service.hostname)).size,
  }
}

function rowOf(before: Mesh, after: Mesh, service: Service, source: string, role: Role, measured: Measured): Row {
  const shares = (mesh: Mesh) => intendedShares(seenFrom(mesh, service, at(source, role)))
  const [was, will] = [shares(before), shares(after)]
  const changed = [...new Set([...was.keys(), ...will.keys()])].some(
    r => Math.abs((was.get(r) ?? 0) - (will.get(r) ?? 0)) > 0.005,
  )
  const requestsPerSecond = measured(service.hostname, source, role)
  return { service, source, role, before: was, after: will, changed, requestsPerSecond }
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

function summaryOf(mesh: Mesh, { service, source, role }: Row): string {
  return explain({ service: service.hostname, role, ...seenFrom(mesh, service, at(source, role)) }).summary
}

function at(region: string, role: Role) {
  return { from: { region, zone: '', subzone: '' }, role }
}
