import { formatCidr, nthAddress, nthBlock, parseCidr } from '../network/cidr.ts'

/** Who has which numbers of which pool; a number stays with its owner for as long as the owner is there. */
export type Allotments = ReadonlyMap<string, ReadonlyMap<string, number>>

/**
 * Gives each wanted owner of a pool a number, the lowest free ones from `first` to those that have none.
 * @returns the pool with exactly the wanted owners.
 */
export function allot(
  held: ReadonlyMap<string, number> | undefined,
  wanted: readonly string[],
  first: number,
): ReadonlyMap<string, number> {
  const kept = new Map(wanted.flatMap(owner => (held?.has(owner) ? [[owner, held.get(owner)!] as const] : [])))
  const taken = new Set(kept.values())
  let next = first
  return new Map(
    wanted.map(owner => {
      const mine = kept.get(owner)
      if (mine !== undefined) return [owner, mine]
      while (taken.has(next)) next++
      taken.add(next)
      return [owner, next]
    }),
  )
}

export const addressOf = (cidr: string, n: number): string | undefined => nthAddress(parseCidr(cidr)!, n)

/** A node's pods: a /24 of the pod range, less where the range is small: sixteen parts at least. */
export function podBlock(cidr: string, n: number): string | undefined {
  const range = parseCidr(cidr)!
  const block = nthBlock(range, Math.min(30, Math.max(24, range.prefix + 4)), n)
  return block && formatCidr(block)
}
