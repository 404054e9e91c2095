import { IsthmusError } from '@isthmus/errors'

/** A block of IPv4 addresses a node gives its pods from. */
export interface Block {
  readonly base: number
  readonly size: number
}

export function parseBlock(cidr: string): Block {
  const [address, bits] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  const value = numberOf(String(address))
  return { base: value - (value % size), size }
}

/** The node's own address towards its pods: the first after the block's own. */
export const gatewayOf = (block: Block): string => textOf(block.base + 1)

/**
 * The next address after `last` that is not in use, going onward and round: a proxy that ejected a pod remembers its
 * address for a while, so the lowest free one would hand that verdict to a new pod. The block's first two addresses and
 * its last are never given. Throws ISM1306 when all are used.
 */
export function nextAddress(block: Block, used: ReadonlySet<string>, last: string | undefined): string {
  const first = 2
  const count = block.size - 3
  const from = last === undefined ? 0 : numberOf(last) - block.base - first + 1
  for (let i = 0; i < count; i++) {
    const address = textOf(block.base + first + ((from + i) % count))
    if (!used.has(address)) return address
  }
  throw new IsthmusError('ISM1306', `all ${count} addresses of ${textOf(block.base)} are in use`)
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
}

function textOf(value: number): string {
  return [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.')
}
