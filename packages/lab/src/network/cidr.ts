/** An IPv4 range; `base` is its first address as a number, `size` how many addresses it has. */
export interface Cidr {
  readonly base: number
  readonly prefix: number
  readonly size: number
}

export function parseAddress(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (!match) return undefined
  const parts = match.slice(1).map(Number)
  if (parts.some(p => p > 255)) return undefined
  return parts.reduce((all, part) => all * 256 + part, 0)
}

export const formatAddress = (address: number): string =>
  [24, 16, 8, 0].map(shift => Math.floor(address / 2 ** shift) % 256).join('.')

/** Undefined unless the text is a range in its canonical form: `20.0.0.0/8`, not `20.0.0.1/8`. */
export function parseCidr(text: string): Cidr | undefined {
  const [address, length, rest] = text.split('/')
  const base = parseAddress(address ?? '')
  const prefix = Number(length)
  if (base === undefined || rest !== undefined || !/^\d{1,2}$/.test(length ?? '') || prefix > 32) return undefined
  const size = 2 ** (32 - prefix)
  return base % size === 0 ? { base, prefix, size } : undefined
}

export const formatCidr = (cidr: Cidr): string => `${formatAddress(cidr.base)}/${cidr.prefix}`

export const contains = (outer: Cidr, inner: Cidr): boolean =>
  inner.base >= outer.base && inner.base + inner.size <= outer.base + outer.size

/** Ranges overlap exactly when one holds the other. */
export const overlaps = (a: Cidr, b: Cidr): boolean => contains(a, b) || contains(b, a)

/** The n-th address: 0 is the network's own, 1 the gateway. Undefined when the range (less its last) has not so many. */
export const nthAddress = (cidr: Cidr, n: number): string | undefined =>
  n >= 0 && n < cidr.size - 1 ? formatAddress(cidr.base + n) : undefined

/** The n-th part of a range cut into parts of `prefix`; negative counts from the end. Undefined outside the range. */
export function nthBlock(cidr: Cidr, prefix: number, n: number): Cidr | undefined {
  if (prefix < cidr.prefix || prefix > 32) return undefined
  const size = 2 ** (32 - prefix)
  const count = cidr.size / size
  const index = n < 0 ? count + n : n
  return index >= 0 && index < count ? { base: cidr.base + index * size, prefix, size } : undefined
}
