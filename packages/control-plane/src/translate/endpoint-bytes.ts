import { BackwardWriter } from '@isthmus/envoy-api/encode'
import { HealthStatus } from '@isthmus/envoy-api/envoy/config/core/v3/health_check'
import type { Endpoint, Health, Locality } from '../model/index.ts'
import type { LocalityGroup } from '../regions/decision.ts'
import type { Written } from './translated.ts'

/** What a ClusterLoadAssignment says, in the terms of the model. */
export interface EndpointSet {
  readonly clusterName: string
  readonly priorities: readonly (readonly LocalityGroup[])[]
  readonly overprovisioningFactor: number
  /** True where localities carry weights. */
  readonly localityWeighted: boolean
  /** True where endpoints say which workload they are. */
  readonly named: boolean
}

export const healthStatus: Readonly<Record<Health, HealthStatus>> = {
  healthy: HealthStatus.HEALTHY,
  unhealthy: HealthStatus.UNHEALTHY,
  draining: HealthStatus.DRAINING,
}

/** Istio's `workload;namespace;canonical service;revision;cluster`, read by telemetry. */
export function workloadText(e: Endpoint): string {
  return `${e.workload};${e.namespace};${e.labels.app ?? e.workload};${e.labels.version ?? 'latest'};${e.cluster}`
}

/** The weight that stands for an endpoint. Envoy wants one at least, and takes it for one where nothing is said: a message less. */
export function endpointWeight(e: Endpoint): number | undefined {
  return e.weight > 1 ? e.weight : undefined
}

const writer = new BackwardWriter()

/**
 * The ClusterLoadAssignment's bytes straight from the model, without a message: the same bytes that the message would
 * give. Undefined where something is not as Envoy's field rules want it, for the message to be checked and told of.
 */
export function endpointBytes(set: EndpointSet): Written | undefined {
  if (!isGood(set)) return undefined
  writer.reset()
  writeUint32(tags.overprovisioningFactor, set.overprovisioningFactor)
  writeHead(tags.policy, 0)
  let hasEndpoints = false
  for (let priority = set.priorities.length - 1; priority >= 0; priority--) {
    const groups = set.priorities[priority]!
    for (let i = groups.length - 1; i >= 0; i--) {
      hasEndpoints ||= groups[i]!.endpoints.length > 0
      writeGroup(groups[i]!, priority, set)
    }
  }
  writeString(tags.clusterName, set.clusterName)
  return { bytes: writer.finish(), hasEndpoints }
}

/** Field numbers and wire types of envoy/config/endpoint/v3 and what it holds. */
const tags = {
  clusterName: 0x0a,
  endpoints: 0x12,
  policy: 0x22,
  overprovisioningFactor: 0x1a,
  // LocalityLbEndpoints
  locality: 0x0a,
  lbEndpoints: 0x12,
  groupWeight: 0x1a,
  priority: 0x28,
  // Locality
  region: 0x0a,
  zone: 0x12,
  subZone: 0x1a,
  // LbEndpoint
  endpoint: 0x0a,
  healthStatus: 0x10,
  metadata: 0x1a,
  weight: 0x22,
  // Endpoint, Address, SocketAddress
  address: 0x0a,
  socketAddress: 0x0a,
  socketHost: 0x12,
  socketPort: 0x18,
  // Metadata, google.protobuf.Struct and Value
  filterMetadata: 0x0a,
  fields: 0x0a,
  key: 0x0a,
  entry: 0x12,
  stringValue: 0x1a,
  // google.protobuf.UInt32Value
  value: 0x08,
} as const

function writeGroup(group: LocalityGroup, priority: number, { localityWeighted, named }: EndpointSet): void {
  const before = writer.length
  if (priority !== 0) {
    writer.varint(priority)
    writer.varint(tags.priority)
  }
  if (localityWeighted && group.weight !== undefined) writeUint32(tags.groupWeight, group.weight)
  for (let i = group.endpoints.length - 1; i >= 0; i--) writeEndpoint(group.endpoints[i]!, named)
  writeLocality(group.locality)
  writeHead(tags.endpoints, before)
}

function writeLocality({ region, zone, subzone }: Locality): void {
  const before = writer.length
  if (subzone !== '') writeString(tags.subZone, subzone)
  if (zone !== '') writeString(tags.zone, zone)
  if (region !== '') writeString(tags.region, region)
  writeHead(tags.locality, before)
}

function writeEndpoint(e: Endpoint, named: boolean): void {
  const before = writer.length
  const weight = endpointWeight(e)
  if (weight !== undefined) writeUint32(tags.weight, weight)
  if (named) writeMetadata(workloadText(e))
  writer.varint(healthStatus[e.health])
  writer.varint(tags.healthStatus)
  const address = writer.length
  writer.varint(e.port)
  writer.varint(tags.socketPort)
  writeString(tags.socketHost, e.address)
  writeHead(tags.socketAddress, address)
  writeHead(tags.address, address)
  writeHead(tags.endpoint, address)
  writeHead(tags.lbEndpoints, before)
}

/** `filter_metadata: {istio: {workload: TEXT}}`. */
function writeMetadata(text: string): void {
  const before = writer.length
  writeString(tags.stringValue, text)
  writeHead(tags.entry, before)
  writeString(tags.key, 'workload')
  writeHead(tags.fields, before)
  writeHead(tags.entry, before)
  writeString(tags.key, 'istio')
  writeHead(tags.filterMetadata, before)
  writeHead(tags.metadata, before)
}

function writeUint32(tag: number, value: number): void {
  const before = writer.length
  writer.varint(value)
  writer.varint(tags.value)
  writeHead(tag, before)
}

function writeString(tag: number, text: string): void {
  const before = writer.length
  writer.string(text)
  writeHead(tag, before)
}

/** The head of a field of which everything since `before` is the content. */
function writeHead(tag: number, before: number): void {
  writer.varint(writer.length - before)
  writer.varint(tag)
}

/** Envoy's field rules, on the model. */
function isGood(set: EndpointSet): boolean {
  if (set.clusterName === '' || !isCount(set.overprovisioningFactor) || set.priorities.length > maxPriority)
    return false
  for (const groups of set.priorities)
    for (const group of groups) {
      if (set.localityWeighted && group.weight !== undefined && !isCount(group.weight)) return false
      for (const e of group.endpoints)
        if (e.address === '' || !isCount(endpointWeight(e) ?? 1) || !isPort(e.port)) return false
    }
  return true
}

/** LocalityLbEndpoints.priority: at most 128. */
const maxPriority = 128

/** A uint32 that must not be 0. */
function isCount(n: number): boolean {
  return Number.isInteger(n) && n >= 1 && n <= 0xffffffff
}

function isPort(n: number): boolean {
  return Number.isInteger(n) && n >= 0 && n <= 65535
}
