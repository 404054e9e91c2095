import ipaddr from 'ipaddr.js'

/** True where `range` (CIDR) holds `address`; false for anything that cannot be read. */
export function holds(range: string, address: string): boolean {
  try {
    const ip = ipaddr.process(address)
    const cidr = ipaddr.parseCIDR(range)
    return ip.kind() === cidr[0].kind() && ip.match(cidr)
  } catch {
    return false
  }
}

/** True where two CIDR blocks share an address. */
export function overlap(a: string, b: string): boolean {
  try {
    const [one, two] = [ipaddr.parseCIDR(a), ipaddr.parseCIDR(b)]
    if (one[0].kind() !== two[0].kind()) return false
    const bits = Math.min(one[1], two[1])
    return one[0].match([two[0], bits])
  } catch {
    return false
  }
}
