import type { Flow, Matrix } from '@isthmus/api'
import type { Mesh, Service } from '../../model/index.ts'
import { intendedShares, regionsOf, seenFrom } from './standpoint.ts'

export interface Link {
  readonly name: string
  readonly limitBitsPerSecond?: number
  /** In this direction. */
  readonly usedBitsPerSecond?: number
}

/** Percent by destination, by source region. */
export type Intended = ReadonlyMap<string, ReadonlyMap<string, number>>

/** Measured flows, with what was meant and the links between regions beside them. Flows that are only meant are in it too. */
export function fullMatrix(measured: Matrix, intended: Intended, links: ReadonlyMap<string, Link>): Matrix {
  const flows = measured.flows.map(flow => completed(flow, intended, links))
  for (const [source, shares] of intended)
    for (const [destination, percent] of shares)
      if (percent > 0 && !flows.some(f => f.source === source && f.destination === destination))
        flows.push(completed({ ...nothing, source, destination }, intended, links))
  const regions = new Set([...measured.regions, ...intended.keys()])
  return { ...measured, regions: [...regions].sort(), flows }
}

const nothing = { requestsPerSecond: 0, errorsPerSecond: 0, requests: 0, errors: 0 }

function completed(flow: Flow, intended: Intended, links: ReadonlyMap<string, Link>): Flow {
  const { intendedPercent: _, link: __, ...own } = flow
  const shares = intended.get(flow.source)
  const link = flow.source === flow.destination ? undefined : links.get(linkKey(flow.source, flow.destination))
  return {
    ...own,
    ...(shares && { intendedPercent: shares.get(flow.destination) ?? 0 }),
    ...(link && { link: { ...link } }),
  }
}

export function linkKey(source: string, destination: string): string {
  return `${source}|${destination}`
}

/** Requests for a service from a region, by the kind of proxy that sent them. */
export interface Load {
  readonly service: string
  readonly source: string
  readonly role: 'sidecar' | 'gateway'
  readonly requests: number
}

/**
 * Where policy and health would have the very requests go that were measured, source by source. From where nothing was
 * measured: what is meant for sidecars, where the services agree.
 */
export function intendedFor(mesh: Mesh, services: readonly Service[], loads: readonly Load[]): Intended {
  const all = new Map<string, ReadonlyMap<string, number>>()
  for (const source of regionsOf(mesh)) {
    const shares =
      weighted(
        mesh,
        loads.filter(l => l.source === source),
      ) ?? agreed(mesh, services, source)
    if (shares) all.set(source, shares)
  }
  return all
}

function weighted(mesh: Mesh, loads: readonly Load[]): ReadonlyMap<string, number> | undefined {
  const sum = new Map<string, number>()
  let total = 0
  for (const { service: hostname, source, role, requests } of loads) {
    const service = mesh.services.get(hostname)
    const shares = service && sharesFrom(mesh, service, source, role)
    if (!shares || shares.size === 0) continue
    total += requests
    for (const [region, percent] of shares) sum.set(region, (sum.get(region) ?? 0) + percent * requests)
  }
  return total > 0 ? new Map([...sum].map(([region, value]) => [region, value / total])) : undefined
}

function agreed(mesh: Mesh, services: readonly Service[], source: string): ReadonlyMap<string, number> | undefined {
  let first: ReadonlyMap<string, number> | undefined
  for (const service of services) {
    if (service.location === 'external') continue
    const shares = sharesFrom(mesh, service, source, 'sidecar')
    if (!shares || shares.size === 0) continue
    if (first && !alike(first, shares)) return undefined
    first ??= shares
  }
  return first
}

const known = new WeakMap<Mesh, Map<string, ReadonlyMap<string, number>>>()

/** Of a service as one kind of proxy in a region sees it; worked out once for a mesh. */
export function sharesFrom(mesh: Mesh, service: Service, region: string, role: 'sidecar' | 'gateway') {
  if (!service.ports.some(p => p.protocol !== 'UDP')) return undefined
  const table = known.get(mesh) ?? new Map()
  known.set(mesh, table)
  const key = `${role}|${region}|${service.hostname}`
  const had = table.get(key)
  if (had) return had
  const shares = intendedShares(seenFrom(mesh, service, { from: { region, zone: '', subzone: '' }, role }))
  table.set(key, shares)
  return shares
}

function alike(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return [...new Set([...a.keys(), ...b.keys()])].every(r => Math.abs((a.get(r) ?? 0) - (b.get(r) ?? 0)) < 0.5)
}
