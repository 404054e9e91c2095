import type { AnyObject, KubeObject } from '@isthmus/kubernetes'

/** What an object is for, in a few words: hosts, servers, services, rules. */
export function aboutText(object: KubeObject): string {
  const spec = ((object as AnyObject).spec ?? {}) as Record<string, unknown>
  switch (object.kind) {
    case 'VirtualService':
      return join(texts(spec.hosts), [' through ', texts(spec.gateways)])
    case 'DestinationRule':
      return join([String(spec.host ?? '')], [' subsets ', list(spec.subsets).map(s => String(s.name))])
    case 'Gateway':
      return list(spec.servers)
        .map(
          s =>
            `${(s.port as AnyObject | undefined)?.protocol ?? ''} ${(s.port as AnyObject | undefined)?.number ?? ''} ${texts(s.hosts).join(' ')}`,
        )
        .join(', ')
    case 'ServiceEntry':
      return join(texts(spec.hosts), [' at ', list(spec.endpoints).map(e => String(e.address))])
    case 'WorkloadEntry':
      return String(spec.address ?? '')
    case 'Sidecar':
      return list(spec.egress)
        .flatMap(e => texts(e.hosts))
        .join(', ')
    case 'RegionalTrafficPolicy':
      return policyText(spec)
    case 'IstioGateway':
      return list(spec.ports)
        .map(p => `${p.name ?? p.port}`)
        .join(', ')
    case 'MemberCluster':
      return String(spec.region ?? '')
    default:
      return ''
  }
}

function policyText(spec: Record<string, unknown>): string {
  const services = texts(spec.services)
  const on = (['failover', 'distribution'] as const).filter(
    section => (spec[section] as { enabled?: boolean } | undefined)?.enabled === true,
  )
  return `${on.join(' and ') || 'nothing'} for ${services.length > 0 ? services.join(', ') : 'the whole mesh'}`
}

function join(first: readonly string[], [word, more]: readonly [string, readonly string[]]): string {
  return first.join(', ') + (more.length > 0 ? word + more.join(', ') : '')
}

function list(value: unknown): AnyObject[] {
  return Array.isArray(value) ? value.filter(v => v !== null && typeof v === 'object') : []
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}
