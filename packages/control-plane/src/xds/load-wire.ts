import { fromBinary } from '@bufbuild/protobuf'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { type Node, NodeSchema } from '@isthmus/envoy-api/envoy/config/core/v3/base'
import { UpstreamLocalityStatsSchema } from '@isthmus/envoy-api/envoy/config/endpoint/v3/load_report'
import { IsthmusError } from '@isthmus/errors'
import type { ClusterLoad, LocalityLoad } from '../model/index.ts'

/* LoadStatsRequest, read by hand. Each report repeats the whole node (tens of kilobytes: every extension of the binary) and
   names every cluster, idle or not: both are stepped over, so that a report costs what it says. */

/** The node of a LoadStatsRequest. Throws ISM3010. */
export function readLoadNode(bytes: Uint8Array): Node | undefined {
  return guarded(() => {
    const reader = new BinaryReader(bytes)
    while (reader.pos < reader.len) {
      const [field, wire] = reader.tag()
      if (field === 1 && wire === WireType.LengthDelimited)
        return fromBinary(NodeSchema, reader.bytes(), { readUnknownFields: false })
      reader.skip(wire, field)
    }
    return undefined
  })
}

/** Clusters with traffic of a LoadStatsRequest. Throws ISM3010. */
export function readClusterLoads(bytes: Uint8Array): readonly ClusterLoad[] {
  return guarded(() => {
    const reader = new BinaryReader(bytes)
    const loads: ClusterLoad[] = []
    while (reader.pos < reader.len) {
      const [field, wire] = reader.tag()
      if (field === 2 && wire === WireType.LengthDelimited) {
        const load = readClusterLoad(reader, reader.uint32())
        if (load) loads.push(load)
      } else reader.skip(wire, field)
    }
    return loads
  })
}

const decoder = new TextDecoder()

/** ClusterStats: cluster_name 1, upstream_locality_stats 2, load_report_interval 4. */
function readClusterLoad(reader: BinaryReader, length: number): ClusterLoad | undefined {
  const end = reader.pos + length
  if (end > reader.len) throw new RangeError('a cluster reaches beyond the report')
  let name: Uint8Array | undefined
  let durationMs = 0
  const localities: LocalityLoad[] = []
  while (reader.pos < end) {
    const [field, wire] = reader.tag()
    if (field === 1) name = reader.bytes()
    else if (field === 2) localities.push(readLocality(reader.bytes()))
    else if (field === 4) durationMs = readDuration(reader, reader.uint32())
    else reader.skip(wire, field)
  }
  return name && localities.length > 0 ? { cluster: decoder.decode(name), durationMs, localities } : undefined
}

function readLocality(bytes: Uint8Array): LocalityLoad {
  const m = fromBinary(UpstreamLocalityStatsSchema, bytes, { readUnknownFields: false })
  const { region = '', zone = '', subZone = '' } = m.locality ?? {}
  return {
    locality: { region, zone, subzone: subZone },
    priority: m.priority,
    issued: Number(m.totalIssuedRequests),
    success: Number(m.totalSuccessfulRequests),
    error: Number(m.totalErrorRequests),
    inProgress: Number(m.totalRequestsInProgress),
  }
}

/** google.protobuf.Duration: seconds 1, nanos 2. In milliseconds; never less than 0. */
function readDuration(reader: BinaryReader, length: number): number {
  const end = reader.pos + length
  let ms = 0
  while (reader.pos < end) {
    const [field, wire] = reader.tag()
    if (field === 1) ms += Number(reader.int64()) * 1_000
    else if (field === 2) ms += reader.int32() / 1e6
    else reader.skip(wire, field)
  }
  return Math.max(0, Math.round(ms))
}

function guarded<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new IsthmusError('ISM3010', `not a load report: ${(error as Error).message}`)
  }
}
