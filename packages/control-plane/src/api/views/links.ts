import type { InventoryObject } from '../../members/inventory.ts'
import { type Link, linkKey } from './matrix.ts'

/** The inter-region connections of an inventory, by the two regions they join. */
export function linksOf(objects: readonly InventoryObject[]): ReadonlyMap<string, Link> {
  const regionOf = (router: string) =>
    objects.find(o => o.kind === 'TransitRouter' && o.metadata.name === router)?.spec.region as string | undefined
  const links = new Map<string, Link>()
  for (const { kind, metadata, spec } of objects) {
    if (kind !== 'TransitRouterPeerAttachment') continue
    const [a, b] = [regionOf(spec.transitRouter), regionOf(spec.peerTransitRouter)]
    const limitBitsPerSecond = bitsPerSecond(spec.bandwidth)
    if (a && b) links.set(linkKey(a, b), { name: metadata.name, ...(limitBitsPerSecond && { limitBitsPerSecond }) })
  }
  return links
}

const factors: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9 }

/** `100Mbps`, `1Gbps`: bits per second. Undefined where it is not said. */
export function bitsPerSecond(text: unknown): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?)(?:bps|bit\/s)$/i.exec(String(text ?? '').trim())
  return match ? Number(match[1]) * (factors[(match[2] ?? '').toUpperCase()] ?? 1) : undefined
}
