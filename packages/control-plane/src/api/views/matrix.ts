import type { Flow, Matrix } from '@isthmus/api'
import type { Mesh, Service } from '../../model/index.ts'
import { intendedShares, regionsOf, seenFrom } from './standpoint.ts'

export interface Link {
  readonly name: string
  readonly limitBitsPerSecond?: number
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

/** The same for both directions. */
export function linkKey(a: string, b: string): string {
  return a < b ? `${a}|${b}` : `${b}|${a}`
}

/** Of one service, as sidecars see it. */
export function intendedOf(mesh: Mesh, service: Service): Intended {
  const all = new Map<string, ReadonlyMap<string, number>>()
  if (!service.ports.some(p => p.protocol !== 'UDP')) return all
  for (const region of regionsOf(mesh)) {
    const from = { region, zone: '', subzone: '' }
    const shares = intendedShares(seenFrom(mesh, service, { from, role: 'sidecar' }))
    if (shares.size > 0) all.set(region, shares)
  }
  return all
}

const known = new WeakMap<Mesh, { readonly hosts: string; readonly value: Intended }>()

/** Of the whole mesh: what these services have in common; a source from which they differ is left out. */
export function intendedOfAll(mesh: Mesh, hosts: readonly string[]): Intended {
  const key = hosts.join(' ')
  const before = known.get(mesh)
  if (before?.hosts === key) return before.value
  const value = common(mesh, hosts)
  known.set(mesh, { hosts: key, value })
  return value
}

function common(mesh: Mesh, hosts: readonly string[]): Intended {
  const all = new Map<string, ReadonlyMap<string, number>>()
  const differ = new Set<string>()
  for (const host of hosts) {
    const service = mesh.services.get(host)
    if (!service || service.location === 'external' || (mesh.endpoints.get(host) ?? []).length === 0) continue
    for (const [source, shares] of intendedOf(mesh, service)) {
      const had = all.get(source)
      if (had && !alike(had, shares)) differ.add(source)
      all.set(source, shares)
    }
  }
  for (const source of differ) all.delete(source)
  return all
}

function alike(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return [...new Set([...a.keys(), ...b.keys()])].every(r => Math.abs((a.get(r) ?? 0) - (b.get(r) ?? 0)) < 0.5)
}
