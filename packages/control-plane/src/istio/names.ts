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
