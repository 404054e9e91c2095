import type { Matrix } from '@isthmus/api'
import type { InventoryObject } from '../../members/inventory.ts'
import { measuredBy } from '../../telemetry/measured.ts'
import type { ApiParts } from '../parts.ts'
import { linksOf } from './links.ts'
import { fullMatrix, intendedFor, type Link, type Load } from './matrix.ts'

/** What was measured with what was meant beside it. `service`: a fully qualified host, absent for the whole mesh. */
export async function matrixFor(
  parts: ApiParts,
  query: { readonly service?: string; readonly windowSeconds?: number },
): Promise<Matrix> {
  const mesh = parts.mesh()
  const { service: hostname } = query
  const windowMs = (query.windowSeconds ?? 60) * 1000
  const measured = parts.telemetry.matrix({
    ...(hostname !== undefined && { service: hostname }),
    windowMs,
  })
  const named = hostname === undefined ? undefined : mesh.services.get(hostname)
  const loads = loadsOf(parts, windowMs).filter(l => hostname === undefined || l.service === hostname)
  const services = hostname === undefined ? [...mesh.services.values()] : named ? [named] : []
  const intended = intendedFor(mesh, services, loads)
  return fullMatrix(measured, intended, await links(parts))
}

/** Requests by service, source and kind of proxy, in one pass over all that was measured. */
export function loadsOf(parts: ApiParts, windowMs: number): readonly Load[] {
  return [...measuredBy(parts.telemetry.load, windowMs)].map(([key, { requests }]) => {
    const [role = '', source = '', , ...service] = key.split('|')
    return { role: role as Load['role'], source, service: service.join('|'), requests }
  })
}

const inventoryMs = 10_000
const inventories = new WeakMap<object, { at: number; objects: Promise<readonly InventoryObject[]> }>()

/** The network's objects as they were a moment ago; none where there is no inventory or it gives no answer. */
export function inventoryOf(parts: ApiParts): Promise<readonly InventoryObject[]> {
  const { inventory, clock, log } = parts
  if (!inventory) return Promise.resolve([])
  const now = clock.now()
  const had = inventories.get(inventory)
  if (had && now - had.at < inventoryMs) return had.objects
  const objects = inventory.objects().catch(error => {
    log.warn({ error: String(error) }, 'api: the network inventory gives no answer')
    return had?.objects ?? []
  })
  inventories.set(inventory, { at: now, objects })
  return objects
}

async function links(parts: ApiParts): Promise<ReadonlyMap<string, Link>> {
  return linksOf(await inventoryOf(parts))
}
