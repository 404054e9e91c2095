import { isIP } from 'node:net'
import type { Endpoint, Finding, Protocol, Service } from '../model/index.ts'
import { addressProblem, hostProblem } from './names.ts'
import type { PodInfo } from './pod.ts'
import { namedProtocol } from './protocol.ts'
import type { Reader } from './reader.ts'
import type { ParseContext, Parsed, RawObject } from './report.ts'
import { compare, openRule } from './rule.ts'
import type { PartPort, ServicePart } from './service.ts'
import { type EntryWorkload, readEntry } from './workload-entry.ts'

export interface ServiceEntry {
  /** One per host. */
  readonly parts: readonly ServicePart[]
  readonly endpoints: readonly EntryWorkload[]
  /** Labels that choose WorkloadEntries and pods of its namespace; undefined: none are chosen. */
  readonly selector?: Readonly<Record<string, string>>
}

const resolutions = { NONE: 'none', STATIC: 'static', DNS: 'dns', DNS_ROUND_ROBIN: 'dns' } as const
const resolutionNames = ['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN'] as const

export function parseServiceEntry(object: RawObject, context: ParseContext): Parsed<ServiceEntry> {
  const rule = openRule(object, context)
  const { spec, meta, report } = rule
  spec.require('hosts')
  const hosts = spec.strings('hosts')
  for (const [i, host] of hosts.entries()) {
    const problem = host === '*' ? 'must not be "*"' : hostProblem(host, true)
    if (problem) spec.error(`hosts[${i}]`, problem)
  }
  spec.require('ports')
  const ports = spec.each('ports', readPort)
  const resolution: Service['resolution'] = resolutions[spec.choice('resolution', resolutionNames) ?? 'NONE']
  const location =
    spec.choice('location', ['MESH_EXTERNAL', 'MESH_INTERNAL']) === 'MESH_INTERNAL' ? 'internal' : 'external'
  const addresses = spec.strings('addresses')
  for (const [i, address] of addresses.entries()) {
    const problem = addressProblem(address)
    if (problem) spec.error(`addresses[${i}]`, problem)
  }
  const selector = spec.in('workloadSelector', s => s.map('labels'))
  const of = { name: '', namespace: meta.namespace, origin: report.origin, addressRequired: true }
  const endpoints = spec.each('endpoints', e => readEntry(e, of))
  if (selector && endpoints.length > 0) spec.error('endpoints', 'must not be there beside workloadSelector')
  if (resolution === 'none' && endpoints.length > 0) spec.error('endpoints', 'must not be there with resolution NONE')
  if (resolution === 'static') checkAddresses(spec, endpoints)
  if (resolution === 'dns' && endpoints.length === 0 && hosts.some(h => h.startsWith('*')))
    spec.error('hosts', 'a wildcard host with resolution DNS needs endpoints')
  spec.ignore('subjectAltNames')
  spec.done()
  const parts = hosts.map(hostname => ({
    hostname,
    namespace: meta.namespace,
    name: meta.name,
    cluster: '',
    createdAt: meta.createdAt,
    ports,
    addresses,
    resolution,
    location: location as Service['location'],
    exportTo: meta.exportTo,
    labels: object.metadata.labels ?? {},
    selector: {},
    origin: report.origin,
  }))
  return report.result({ parts, endpoints, ...(selector && { selector }) })
}

function readPort(port: Reader): PartPort {
  port.require('number')
  const protocol = port.string('protocol')
  const known: Protocol = protocol === undefined ? 'TCP' : (namedProtocol(protocol) ?? 'TCP')
  if (protocol !== undefined && !namedProtocol(protocol)) port.error('protocol', `is not known: ${protocol}`)
  const targetPort = port.port('targetPort')
  return {
    name: port.text('name'),
    number: port.port('number') ?? 0,
    protocol: known,
    ...(targetPort !== undefined && { targetPort }),
  }
}

function checkAddresses(spec: Reader, endpoints: readonly EntryWorkload[]): void {
  for (const [i, e] of endpoints.entries())
    if (e.address && isIP(e.address) === 0)
      spec.error(`endpoints[${i}].address`, `must be an IP address with resolution STATIC, is "${e.address}"`)
}

/**
 * Of the WorkloadEntries that a ServiceEntry chose, those that can be its endpoints: with resolution STATIC nobody resolves a
 * name. The others are told.
 */
export function usableMachines(
  part: ServicePart,
  chosen: readonly EntryWorkload[],
): readonly [readonly EntryWorkload[], readonly Finding[]] {
  const named = part.resolution === 'static' ? chosen.filter(machine => isIP(machine.address) === 0) : []
  if (named.length === 0) return [chosen, []]
  const findings = named
    .toSorted((a, b) => compare(a.name, b.name))
    .map(
      ({ origin, address }): Finding => ({
        ...{ code: 'ISM2011', severity: 'warning', origin, field: 'spec.address' },
        message: `ServiceEntry ${part.namespace}/${part.name} chooses it with resolution STATIC, and "${address}" is a name`,
      }),
    )
  return [chosen.filter(machine => !named.includes(machine)), findings]
}

/** Pods a ServiceEntry's selector chose, with where they run. */
export interface ChosenPod {
  readonly pod: PodInfo
  readonly base: Pick<Endpoint, 'cluster' | 'network' | 'locality' | 'stale'>
}

/** Endpoints of one host of a ServiceEntry. */
export function entryEndpoints(
  entry: ServiceEntry,
  part: ServicePart,
  chosen: readonly EntryWorkload[],
  pods: readonly ChosenPod[],
): Endpoint[] {
  if (part.resolution === 'none') return []
  const machines = [...entry.endpoints, ...chosen]
  // Without endpoints Envoy resolves the host itself.
  const resolved =
    part.resolution === 'dns' && machines.length === 0 && pods.length === 0 ? [hostItself(part)] : machines
  return part.ports.flatMap(port => [
    ...resolved.map(
      (w): Endpoint => ({
        address: w.address,
        port:
          (Object.hasOwn(w.ports, port.name) ? w.ports[port.name] : undefined) ??
          numeric(port.targetPort) ??
          port.number,
        portName: port.name,
        locality: w.locality,
        labels: w.labels,
        health: 'healthy',
        weight: w.weight,
        cluster: '',
        network: w.network,
        namespace: w.namespace,
        workload: w.name,
        pod: '',
        serviceAccount: w.serviceAccount,
        stale: false,
      }),
    ),
    ...pods.map(
      ({ pod, base }): Endpoint => ({
        ...base,
        address: pod.addresses[0] ?? '',
        port: numeric(port.targetPort) ?? port.number,
        portName: port.name,
        labels: pod.labels,
        health: pod.health,
        weight: 1,
        namespace: pod.namespace,
        workload: pod.workload,
        pod: pod.name,
        serviceAccount: pod.serviceAccount,
      }),
    ),
  ])
}

function numeric(port: number | string | undefined): number | undefined {
  return typeof port === 'number' ? port : undefined
}

function hostItself(part: ServicePart): EntryWorkload {
  return {
    namespace: part.namespace,
    name: '',
    address: part.hostname,
    ports: {},
    labels: {},
    locality: { region: '', zone: '', subzone: '' },
    network: '',
    weight: 1,
    serviceAccount: '',
    origin: part.origin,
  }
}
