import { type Finding, type Mesh, type Protocol, proxyListenerPorts, type Service } from '../model/index.ts'

interface Claim {
  readonly service: Service
  readonly index: number
  readonly kind: 'HTTP' | 'TLS' | 'TCP'
}

/**
 * Port numbers that services without an address of their own share. HTTP is told apart by host and TLS by server name; of
 * those that speak plain TCP only the first is reached, and beside HTTP a server that speaks first is not reached at all.
 */
export function portFindings(mesh: Pick<Mesh, 'services'>): readonly Finding[] {
  const claims = new Map<number, Claim[]>()
  const reserved: Finding[] = []
  const services = [...mesh.services.values()].sort((a, b) => (a.hostname < b.hostname ? -1 : 1))
  for (const service of services) {
    for (const [index, port] of service.ports.entries()) {
      if (port.protocol === 'UDP') continue
      const kind = kindOf(port.protocol)
      if (proxyListenerPorts.has(port.number) && (kind === 'HTTP' || !hasAddress(service))) {
        reserved.push(finding({ service, index, kind }, `${port.number} is a port of every proxy's own`, 'ISM2214'))
        continue
      }
      if (kind !== 'HTTP' && hasAddress(service)) continue
      const list = claims.get(port.number)
      if (list) list.push({ service, index, kind })
      else claims.set(port.number, [{ service, index, kind }])
    }
  }
  return [...reserved, ...[...claims].flatMap(([number, list]) => conflicts(number, list))]
}

function conflicts(number: number, list: readonly Claim[]): readonly Finding[] {
  const http = list.find(c => c.kind === 'HTTP')
  const [owner, ...others] = list.filter(c => c.kind === 'TCP')
  const found = others.map(c =>
    finding(
      c,
      `port ${number} of any address leads to ${owner!.service.hostname}, so ${c.service.hostname} is not reached`,
    ),
  )
  if (owner && http)
    found.push(
      finding(
        owner,
        `port ${number} is HTTP for ${http.service.hostname}: connections to ${owner.service.hostname} on it work only if the client speaks first`,
      ),
    )
  return found
}

function finding(claim: Claim, message: string, code: Finding['code'] = 'ISM2207'): Finding {
  const origin = claim.service.origins[0] ?? {
    cluster: '',
    apiVersion: 'v1',
    kind: 'Service',
    namespace: claim.service.namespace,
    name: claim.service.hostname,
  }
  return { code, severity: 'warning', origin, field: `spec.ports[${claim.index}]`, message }
}

function hasAddress(service: Service): boolean {
  if (service.resolution === 'headless') return false
  return [...service.addresses.values()].some(list => list.some(address => !address.includes('/')))
}

function kindOf(protocol: Protocol): Claim['kind'] {
  if (['HTTP', 'HTTP2', 'GRPC', 'GRPC-Web'].includes(protocol)) return 'HTTP'
  return protocol === 'TLS' || protocol === 'HTTPS' ? 'TLS' : 'TCP'
}
