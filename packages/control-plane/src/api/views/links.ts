import type { InventoryObject } from '../../members/inventory.ts'
import { type Link, linkKey } from './matrix.ts'

/** The inter-region connections of an inventory, by source and destination region: each direction has its own use. */
export function linksOf(objects: readonly InventoryObject[]): ReadonlyMap<string, Link> {
  const regionOf = (router: string) =>
    objects.find(o => o.kind === 'TransitRouter' && o.metadata.name === router)?.spec.region as string | undefined
  const links = new Map<string, Link>()
  for (const { kind, metadata, spec, status } of objects) {
    if (kind !== 'TransitRouterPeerAttachment') continue
    const [a, b] = [regionOf(spec.transitRouter), regionOf(spec.peerTransitRouter)]
    if (!a || !b) continue
    const limitBitsPerSecond = bitsPerSecond(spec.bandwidth)
    const both = { name: metadata.name, ...(limitBitsPerSecond && { limitBitsPerSecond }) }
    const used = trafficOf(status)
    links.set(linkKey(a, b), { ...both, ...(used && { usedBitsPerSecond: used.sent }) })
    links.set(linkKey(b, a), { ...both, ...(used && { usedBitsPerSecond: used.received }) })
  }
  return links
}

/** What an inter-region connection carried lately, each way; undefined where the inventory does not measure it. */
export function trafficOf(status: InventoryObject['status']): { sent: number; received: number } | undefined {
  const { sentBitsPerSecond: sent, receivedBitsPerSecond: received } = status?.traffic ?? {}
  return typeof sent === 'number' && typeof received === 'number' ? { sent, received } : undefined
}

const factors: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9 }

/** `100Mbps`, `1Gbps`: bits per second. Undefined where it is not said. */
export function bitsPerSecond(text: unknown): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?)(?:bps|bit\/s)$/i.exec(String(text ?? '').trim())
  return match ? Number(match[1]) * (factors[(match[2] ?? '').toUpperCase()] ?? 1) : undefined
}
