import type * as kube from '@isthmus/kubernetes'
import type { Finding, Origin, Service, ServicePort } from '../model/index.ts'
import { portProtocol } from './protocol.ts'
import { originOf, type ParseContext } from './report.ts'
import { compare } from './rule.ts'

/** What one object (a Kubernetes Service of one cluster, one host of a ServiceEntry) says about a hostname. */
export interface ServicePart {
  readonly hostname: string
  readonly namespace: string
  readonly name: string
  /** '' for a ServiceEntry. */
  readonly cluster: string
  readonly createdAt: number
  readonly ports: readonly PartPort[]
  readonly addresses: readonly string[]
  readonly resolution: Service['resolution']
  readonly location: Service['location']
  readonly exportTo: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  /** Pods it stands for; empty: none by labels. */
  readonly selector: Readonly<Record<string, string>>
  readonly externalName?: string
  readonly origin: Origin
}

export interface PartPort extends ServicePort {
  /** Number, or a container port's name; undefined: the port's own number. */
  readonly targetPort?: number | string
}

/** Kubernetes checks its own objects, so nothing here can be wrong. */
export function parseService(service: kube.Service, context: ParseContext): ServicePart {
  const { metadata, spec } = service
  const external = spec.type === 'ExternalName'
  const headless = spec.clusterIP === 'None'
  const addresses = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : [])
  return {
    hostname: `${metadata.name}.${metadata.namespace}.svc.${context.domain}`,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    cluster: context.cluster,
    createdAt: Date.parse(metadata.creationTimestamp ?? '') || 0,
    ports: (spec.ports ?? []).map(p => ({
      name: p.name ?? '',
      number: p.port,
      protocol: portProtocol(p),
      ...(p.targetPort !== undefined && { targetPort: p.targetPort }),
    })),
    addresses: external || headless ? [] : addresses.filter(a => a && a !== 'None'),
    resolution: external ? 'dns' : headless ? 'headless' : 'static',
    location: external ? 'external' : 'internal',
    exportTo: exportTo(metadata.annotations?.['networking.istio.io/exportTo']),
    labels: metadata.labels ?? {},
    selector: spec.selector ?? {},
    ...(external && spec.externalName && { externalName: spec.externalName }),
    origin: originOf(service, context),
  }
}

function exportTo(annotation: string | undefined): readonly string[] {
  const list = (annotation ?? '')
    .split(',')
    .map(s => s.trim())
    .filter(Boolean)
  return list.length > 0 ? list : ['*']
}

export interface MergedService {
  readonly service: Service
  /** The parts that count, in order. */
  readonly parts: readonly ServicePart[]
  readonly findings: readonly Finding[]
}

/**
 * One service out of all parts of a hostname. Kubernetes services come first, then the oldest; the first part's namespace
 * has the host. A port is the first's that has its number.
 */
export function mergeService(parts: readonly ServicePart[]): MergedService | undefined {
  const ordered = [...parts].sort(byAuthority)
  const [first] = ordered
  if (!first) return undefined
  const findings: Finding[] = []
  const ports = new Map<number, ServicePort>()
  const addresses = new Map<string, string[]>()
  const counted: ServicePart[] = []
  for (const part of ordered) {
    if (part.namespace !== first.namespace) {
      findings.push(taken(part, first))
      continue
    }
    if (part.resolution === 'dns' && first.resolution !== 'dns') {
      findings.push(byName(part, first))
      continue
    }
    counted.push(part)
    for (const { name, number, protocol } of part.ports) {
      const had = ports.get(number)
      if (!had) ports.set(number, { name, number, protocol })
      else if (!speaks(part, number, had.protocol))
        findings.push(disagree(part, first, had, { name, number, protocol }))
    }
    if (part.addresses.length > 0)
      addresses.set(part.cluster, [...new Set([...(addresses.get(part.cluster) ?? []), ...part.addresses])])
  }
  const service: Service = {
    hostname: first.hostname,
    namespace: first.namespace,
    ports: [...ports.values()].sort((a, b) => a.number - b.number),
    addresses,
    resolution: first.resolution,
    location: first.location,
    exportTo: first.exportTo,
    labels: first.labels,
    clusters: [...new Set(counted.map(p => p.cluster).filter(c => c !== ''))].sort(compare),
    origins: counted.map(p => p.origin),
  }
  return { service, parts: counted, findings }
}

function byAuthority(a: ServicePart, b: ServicePart): number {
  return (
    Number(a.cluster === '') - Number(b.cluster === '') ||
    a.createdAt - b.createdAt ||
    compare(a.cluster, b.cluster) ||
    compare(a.namespace, b.namespace) ||
    compare(a.name, b.name)
  )
}

function taken(part: ServicePart, first: ServicePart): Finding {
  return {
    code: 'ISM2008',
    severity: 'warning',
    origin: part.origin,
    field: 'spec.hosts',
    message: `the host ${part.hostname} belongs to ${first.origin.kind} ${first.namespace}/${first.name}`,
  }
}

/** What has names for addresses: among addresses, which nobody resolves, Envoy refuses them and all that come with them. */
function byName(part: ServicePart, first: ServicePart): Finding {
  const [kind, field] = part.cluster === '' ? ['resolution DNS', 'resolution'] : ['type ExternalName', 'type']
  return {
    code: 'ISM2007',
    severity: 'warning',
    origin: part.origin,
    field: `spec.${field}`,
    message: `${part.hostname} has addresses in ${placeOf(first)}, which decides: this one, with ${kind}, is not used`,
  }
}

/** A number may stand for two ports of one Service, as DNS has it over UDP and TCP. */
function speaks(part: ServicePart, number: number, protocol: ServicePort['protocol']): boolean {
  return part.ports.some(port => port.number === number && port.protocol === protocol)
}

function disagree(part: ServicePart, first: ServicePart, had: ServicePort, has: ServicePort): Finding {
  return {
    code: 'ISM2007',
    severity: 'warning',
    origin: part.origin,
    field: 'spec.ports',
    message: `port ${has.number} is ${has.protocol} (named "${has.name}") here and ${had.protocol} (named "${had.name}") in ${placeOf(first)}, which decides`,
  }
}

function placeOf({ cluster, namespace, name, origin }: ServicePart): string {
  return cluster === '' ? `${origin.kind} ${namespace}/${name}` : cluster
}
