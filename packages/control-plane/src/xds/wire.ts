import type { Resource } from '../snapshot/resource.ts'
import type { Change } from './change.ts'
import { frameHead } from './framing.ts'
import type { Mode } from './request.ts'
import { versionOf } from './versions.ts'

/* Discovery responses on the wire, written by hand: the resources are one shared buffer for all streams that send the
   same, and what differs (version, nonce) is a small part of its own; protobuf takes fields in any order. */

export interface Frame {
  /** To be written one after the other; shared, must not be changed. */
  readonly buffers: readonly Uint8Array[]
  readonly size: number
  /** DiscoveryResponse.version_info; '' in delta, where each resource carries its own. */
  readonly version: string
}

/** Sections up to this are copied behind their head: one small write costs less than two. */
const small = 4 << 10

export function responseFrame(mode: Mode, change: Change, nonce: string): Frame {
  const shared = section(mode, change.resources)
  const version = mode === 'delta' ? '' : versionOf(change.resources)
  let length = field(change.typeUrl) + field(nonce)
  if (version !== '') length += field(version)
  for (const name of change.removed) length += field(name)
  const copied = shared.length <= small ? shared.length : 0
  const head = Buffer.allocUnsafe(frameHead + length + copied)
  head[0] = 0
  head.writeUInt32BE(length + shared.length, 1)
  let at = frameHead
  if (version !== '') at = writeText(head, at, 1, version)
  at = writeText(head, at, 4, change.typeUrl)
  at = writeText(head, at, 5, nonce)
  for (const name of change.removed) at = writeText(head, at, 6, name)
  if (copied > 0) head.set(shared, at)
  const buffers = shared.length > copied ? [head, shared] : [head]
  return { buffers, size: frameHead + length + shared.length, version }
}

// --- sections --------------------------------------------------------------------------------------------------------

type Sections = WeakMap<readonly Resource[], WeakRef<Uint8Array>>
interface Recent {
  readonly resources: readonly Resource[]
  readonly bytes: WeakRef<Uint8Array>
}

/** Kept as long as some stream still sends it: nobody needs the bytes of a whole mesh once all have them. */
const sections: Record<Mode, Sections> = { delta: new WeakMap(), sotw: new WeakMap() }
/** The same lists in other arrays (of other views, of clients with something of their own), by their first resource. */
const recent: Record<Mode, WeakMap<Resource, Recent[]>> = { delta: new WeakMap(), sotw: new WeakMap() }
const recentKept = 4
const nothing = new Uint8Array(0)

/** The `resources` fields of a response, encoded once for all streams that send the same list. */
function section(mode: Mode, resources: readonly Resource[]): Uint8Array {
  const [first] = resources
  if (!first) return nothing
  const known = sections[mode].get(resources)?.deref()
  if (known) return known
  const kept = (recent[mode].get(first) ?? []).filter(r => r.bytes.deref())
  const same = kept.find(
    r => r.resources.length === resources.length && r.resources.every((x, i) => x === resources[i]),
  )
  const bytes = same?.bytes.deref() ?? encode(mode, resources)
  const ref = same?.bytes ?? new WeakRef(bytes)
  sections[mode].set(resources, ref)
  if (!same) recent[mode].set(first, [...kept.slice(1 - recentKept), { resources, bytes: ref }])
  return bytes
}

function encode(mode: Mode, resources: readonly Resource[]): Uint8Array {
  const sizes = resources.map(resource => entrySize(mode, resource))
  const bytes = Buffer.allocUnsafeSlow(sizes.reduce((sum, size) => sum + delimited(size), 0))
  let at = 0
  for (const [i, resource] of resources.entries()) {
    at = writeLength(bytes, at, 2, sizes[i]!)
    at = mode === 'delta' ? writeEntry(bytes, at, resource) : writeAny(bytes, at, resource)
  }
  return bytes
}

/** One `resources` entry without its own tag and length: a Resource around an Any in delta, the Any itself in state of the world. */
function entrySize(mode: Mode, resource: Resource): number {
  const any = anySize(resource)
  return mode === 'sotw' ? any : field(resource.version) + delimited(any) + field(resource.name)
}

function writeEntry(to: Buffer, at: number, resource: Resource): number {
  let next = writeText(to, at, 1, resource.version)
  next = writeAny(to, writeLength(to, next, 2, anySize(resource)), resource)
  return writeText(to, next, 3, resource.name)
}

function anySize({ typeUrl, bytes }: Resource): number {
  return field(typeUrl) + delimited(bytes.length)
}

function writeAny(to: Buffer, at: number, { typeUrl, bytes }: Resource): number {
  const next = writeLength(to, writeText(to, at, 1, typeUrl), 2, bytes.length)
  to.set(bytes, next)
  return next + bytes.length
}

// --- protobuf --------------------------------------------------------------------------------------------------------

/** Bytes of a field of up to number 15 with this text. */
function field(text: string): number {
  return delimited(Buffer.byteLength(text))
}

/** Bytes of a field of up to number 15 with a value of this many bytes. */
function delimited(length: number): number {
  let size = 2 + length
  for (let rest = length; rest > 0x7f; rest >>>= 7) size++
  return size
}

function writeLength(to: Buffer, at: number, number: number, length: number): number {
  let next = at
  to[next++] = (number << 3) | 2
  let rest = length
  for (; rest > 0x7f; rest >>>= 7) to[next++] = (rest & 0x7f) | 0x80
  to[next++] = rest
  return next
}

function writeText(to: Buffer, at: number, number: number, text: string): number {
  const next = writeLength(to, at, number, Buffer.byteLength(text))
  return next + to.write(text, next)
}
