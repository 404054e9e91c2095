import { createHash } from 'node:crypto'
import { formatAddress } from './cidr.ts'

/** The sandbox's first namespace, "the internet": load balancers, people and the cloud's API are there. */
export const root = ''
export const internetAddress = '100.64.0.1'

export const vpcNamespace = (name: string): string => `vpc-${name}`
export const routerNamespace = (name: string): string => `tr-${name}`
export const apiNamespace = (cluster: string): string => `api-${cluster}`
export const meshNamespace = (name: string): string => `mesh-${name}`

const hash = (text: string) => createHash('sha256').update(text).digest()

/** A device's name, which may have 15 characters: the text itself, or its beginning and a hash. */
export const deviceName = (text: string): string =>
  text.length <= 15 ? text : `${text.slice(0, 10)}-${hash(text).toString('hex').slice(0, 4)}`

/**
 * Each router's own address, of 100.100.0.0/16, which a traceroute shows. It follows from the name, so that a router
 * that comes or goes changes no other's (but for the rare two names that want the same).
 */
export function routerAddresses(namespaces: readonly string[]): ReadonlyMap<string, string> {
  const base = 100 * 2 ** 24 + 100 * 2 ** 16
  const taken = new Set<number>()
  const addresses = new Map<string, string>()
  for (const name of [...namespaces].sort()) {
    let n = hash(name).readUInt16BE(0)
    while (n === 0 || taken.has(n)) n = (n + 1) % 65536
    taken.add(n)
    addresses.set(name, formatAddress(base + n))
  }
  return addresses
}
