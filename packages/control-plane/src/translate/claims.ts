import { type Pieces, patched } from '../collections/index.ts'
import type { Service } from '../model/index.ts'
import { portsOf } from './services.ts'

/** Which addresses services of any protocol have on which ports. */
export interface Claims {
  readonly services: Pieces<Service>
  /** How many services have it. */
  readonly counts: ReadonlyMap<string, number>
  /** Those that more than one has. The same set as long as they are the same. */
  readonly contested: ReadonlySet<string>
}

export function claimOf(port: number, address: string): string {
  return `${port} ${address}`
}

/** @param last claims of other services, to be followed from there */
export function claimsOf(
  services: Pieces<Service>,
  addressesOf: (service: Service) => readonly string[],
  last: Claims = { services: [], counts: new Map(), contested: new Set() },
): Claims {
  const [before, now] = [new Set(last.services), new Set(services)]
  const counts = new Map<string, number>()
  const count = (pieces: Iterable<readonly Service[]>, by: number) => {
    for (const piece of pieces)
      for (const service of piece)
        for (const { number } of portsOf(service))
          for (const address of addressesOf(service)) {
            const claim = claimOf(number, address)
            counts.set(claim, (counts.get(claim) ?? last.counts.get(claim) ?? 0) + by)
          }
  }
  count(before.difference(now), -1)
  count(now.difference(before), 1)
  for (const [claim, n] of counts) if (n === (last.counts.get(claim) ?? 0)) counts.delete(claim)
  const contested = new Set(last.contested)
  for (const [claim, n] of counts)
    if (n > 1) contested.add(claim)
    else contested.delete(claim)
  const changes = [...counts].map(([claim, n]) => [claim, n > 0 ? n : undefined] as const)
  return {
    services,
    counts: last.counts.size > 0 ? patched(last.counts, changes) : counts,
    contested: contested.symmetricDifference(last.contested).size === 0 ? last.contested : contested,
  }
}
