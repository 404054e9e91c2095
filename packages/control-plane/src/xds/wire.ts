import { fromBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { Node } from '@isthmus/envoy-api/envoy/config/core/v3/base'
import {
  DeltaDiscoveryRequestSchema,
  DiscoveryRequestSchema,
} from '@isthmus/envoy-api/envoy/service/discovery/v3/discovery'
import { IsthmusError } from '@isthmus/errors'
import type { ResourceMap } from '../snapshot/diff.ts'
import type { Resource } from '../snapshot/resource.ts'
import { frameStart } from './framing.ts'
import type { DiscoveryRequest, Mode } from './request.ts'
import type { Change } from './subscription.ts'
import { versionOf } from './versions.ts'

/* Discovery messages on the wire. A response is written by hand: the resources are one shared buffer for all streams
   that send the same, and what differs (version, nonce) is a small part of its own; protobuf takes fields in any order. */

export interface ReadRequest {
  readonly request: DiscoveryRequest
  readonly node: Node | undefined
}

/** Throws ISM3010. */
export function readRequest(mode: Mode, bytes: Uint8Array): ReadRequest {
  try {
    return mode === 'delta' ? readDelta(bytes) : readSotw(bytes)
  } catch (error) {
    throw new IsthmusError('ISM3010', `not a discovery request: ${(error as Error).message}`, { cause: error })
  }
}

function readDelta(bytes: Uint8Array): ReadRequest {
  const m = fromBinary(DeltaDiscoveryRequestSchema, bytes, { readUnknownFields: false })
  const request = {
    typeUrl: m.typeUrl,
    nonce: m.responseNonce,
    error: m.errorDetail && (m.errorDetail.message || `code ${m.errorDetail.code}`),
    subscribe: m.resourceNamesSubscribe,
    unsubscribe: m.resourceNamesUnsubscribe,
    initialVersions: m.initialResourceVersions,
    names: [],
    version: '',
  }
  return { request, node: m.node }
}

function readSotw(bytes: Uint8Array): ReadRequest {
  const m = fromBinary(DiscoveryRequestSchema, bytes, { readUnknownFields: false })
  const request = {
    typeUrl: m.typeUrl,
    nonce: m.responseNonce,
    error: m.errorDetail && (m.errorDetail.message || `code ${m.errorDetail.code}`),
    subscribe: [],
    unsubscribe: [],
    initialVersions: {},
    names: m.resourceNames,
    version: m.versionInfo,
  }
  return { request, node: m.node }
}

// --- responses ---------------------------------------------------------------------------------------------------

export interface Frame {
  /** To be written one after the other; all but the first are shared and must not be changed. */
  readonly buffers: readonly Uint8Array[]
  readonly size: number
  /** DiscoveryResponse.version_info; '' in delta, where each resource carries its own. */
  readonly version: string
}

export function responseFrame(mode: Mode, change: Change, nonce: string): Frame {
  const shared = section(mode, change)
  const version = mode === 'delta' ? '' : versionOf(change.resources)
  const own = new BinaryWriter()
  if (version !== '') own.uint32(tag(1)).string(version)
  own.uint32(tag(4)).string(change.typeUrl)
  own.uint32(tag(5)).string(nonce)
  if (mode === 'delta') for (const name of change.removed) own.uint32(tag(6)).string(name)
  const tail = own.finish()
  const length = tail.length + shared.length
  const head = frameStart(length, tail.length)
  head.set(tail, head.length - tail.length)
  return { buffers: shared.length > 0 ? [head, shared] : [head], size: head.length + shared.length, version }
}

function tag(field: number): number {
  return ((field << 3) | WireType.LengthDelimited) >>> 0
}

interface Shared {
  readonly resources: readonly Resource[]
  readonly bytes: Uint8Array
}

/** The last few lists sent of each map. Goes with the map. */
const sections: Record<Mode, WeakMap<ResourceMap, Shared[]>> = { delta: new WeakMap(), sotw: new WeakMap() }
const sectionsKept = 4

/** The `resources` fields of a response, encoded once for all streams that send the same list. */
function section(mode: Mode, { resources, from }: Change): Uint8Array {
  const [first] = resources
  if (!first) return new Uint8Array(0)
  if (resources.length === 1) return entry(mode, first)
  let kept = sections[mode].get(from)
  if (!kept) {
    kept = []
    sections[mode].set(from, kept)
  }
  const known = kept.find(
    s => s.resources.length === resources.length && s.resources.every((r, i) => r === resources[i]),
  )
  if (known) return known.bytes
  const bytes = Buffer.concat(resources.map(r => entry(mode, r)))
  kept.push({ resources, bytes })
  if (kept.length > sectionsKept) kept.shift()
  return bytes
}

const entries: Record<Mode, WeakMap<Resource, Uint8Array>> = { delta: new WeakMap(), sotw: new WeakMap() }

/** One `resources` field: a Resource around an Any in delta, the Any itself in state of the world. */
function entry(mode: Mode, resource: Resource): Uint8Array {
  let bytes = entries[mode].get(resource)
  if (!bytes) {
    bytes = mode === 'delta' ? deltaEntry(resource) : sotwEntry(resource)
    entries[mode].set(resource, bytes)
  }
  return bytes
}

function any(w: BinaryWriter, { typeUrl, bytes }: Resource): BinaryWriter {
  return w.uint32(tag(1)).string(typeUrl).uint32(tag(2)).bytes(bytes)
}

function sotwEntry(resource: Resource): Uint8Array {
  return any(new BinaryWriter().uint32(tag(2)).fork(), resource)
    .join()
    .finish()
}

function deltaEntry(resource: Resource): Uint8Array {
  const w = new BinaryWriter().uint32(tag(2)).fork()
  w.uint32(tag(1)).string(resource.version)
  any(w.uint32(tag(2)).fork(), resource).join()
  return w.uint32(tag(3)).string(resource.name).join().finish()
}
