import { isIP } from 'node:net'

/* Host names as Istio resolves them. */

/** A short name (no dot) is a service of the rule's namespace; anything else stands as it is. */
export function resolveHost(host: string, namespace: string, domain: string): string {
  if (host === '' || host === '*' || host.includes('.')) return host
  return `${host}.${namespace}.svc.${domain}`
}

/** `mesh`, or `namespace/name`; a bare name is a Gateway of the rule's namespace. */
export function resolveGateway(name: string, namespace: string): string {
  if (name === 'mesh') return name
  if (name.startsWith('./')) return `${namespace}/${name.slice(2)}`
  if (name.includes('/')) return name
  // The old spelling: name.namespace.svc.cluster.local.
  const [first, second] = name.split('.')
  return second ? `${second}/${first}` : `${namespace}/${name}`
}

const label = '[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?'
const hostPattern = new RegExp(`^(\\*|(\\*\\.)?${label}(\\.${label})*\\.?)$`)

/** What is wrong with a host name; undefined where nothing is. A leading `*` label is allowed where `wildcard` is. */
export function hostProblem(host: string, wildcard: boolean): string | undefined {
  if (host === '') return 'must not be empty'
  if (!wildcard && host.includes('*')) return `must not contain a wildcard, is "${host}"`
  if (host.length > 255 || !hostPattern.test(host)) return `is not a host name: "${host}"`
  return undefined
}

/** What is wrong with an IP address, or a range of them (`10.0.0.0/8`); undefined where nothing is. */
export function addressProblem(address: string): string | undefined {
  const slash = address.indexOf('/')
  const ip = slash < 0 ? address : address.slice(0, slash)
  const bits = slash < 0 ? '0' : address.slice(slash + 1)
  // A zone (fe80::1%eth0) means something on one machine only.
  const family = ip.includes('%') ? 0 : isIP(ip)
  const good = family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
  return good ? undefined : `must be an IP address or a range such as 10.0.0.0/8, is "${address}"`
}
