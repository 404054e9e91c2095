/** Envoy refuses locality weights of one priority that add up to more than a uint32; far below it they stay exact too. */
const maxSum = 1_000_000

/** One locality's part of a share: `share` (of its region) times `part` out of `whole` (endpoints of the region). */
export interface Part {
  readonly share: number
  readonly part: number
  readonly whole: number
}

/**
 * Whole numbers in the exact ratio of the parts, as small as can be: 90 and 10 become 9 and 1, so that Envoy's schedule
 * gives exactly one of ten. A region's share is split over its localities by scaling all up by the least common multiple.
 * Ratios whose numbers would not fit are rounded, never to 0.
 */
export function exactWeights(parts: readonly Part[]): readonly number[] {
  if (parts.length === 0) return []
  const scale = parts.reduce((l, p) => lcm(l, BigInt(p.whole)), 1n)
  const raw = parts.map(p => BigInt(p.share) * BigInt(p.part) * (scale / BigInt(p.whole)))
  const divisor = raw.reduce(gcd, 0n)
  if (divisor === 0n) return parts.map(() => 1)
  const reduced = raw.map(r => r / divisor)
  const sum = reduced.reduce((a, b) => a + b, 0n)
  if (sum <= BigInt(maxSum)) return reduced.map(Number)
  return reduced.map(r => Math.max(1, Math.round(Number((r * BigInt(maxSum) * 1000n) / sum) / 1000)))
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b)
}

function lcm(a: bigint, b: bigint): bigint {
  return (a / gcd(a, b)) * b
}
