import { fromBinary } from '@bufbuild/protobuf'
import { type Node, NodeSchema } from '@isthmus/envoy-api/envoy/config/core/v3/base'
import { IsthmusError } from '@isthmus/errors'
import { Cursor } from './cursor.ts'
import type { DiscoveryRequest, Mode } from './request.ts'

/* Discovery requests off the wire. Most are acknowledgements of a few bytes or name thousands of resources: read by hand
   (envoy/service/discovery/v3/discovery.proto), without a message in between. */

export interface ReadRequest {
  readonly request: DiscoveryRequest
  readonly node: Node | undefined
}

/** A field's meaning, by its number. */
type Fields = Readonly<Record<number, Field | undefined>>
type Field = 'node' | 'type' | 'nonce' | 'error' | 'version' | 'names' | 'subscribe' | 'unsubscribe' | 'initial'

const fields: Readonly<Record<Mode, Fields>> = {
  delta: { 1: 'node', 2: 'type', 3: 'subscribe', 4: 'unsubscribe', 5: 'initial', 6: 'nonce', 7: 'error' },
  sotw: { 1: 'version', 2: 'node', 3: 'names', 4: 'type', 5: 'nonce', 6: 'error' },
}

/* Most requests have neither: these stand for empty ones, and nothing is added to them. */
const none: string[] = []
const noVersions: Record<string, string> = Object.freeze(Object.create(null))

/** Throws ISM3010. */
export function readRequest(mode: Mode, bytes: Uint8Array): ReadRequest {
  try {
    return read(fields[mode], bytes)
  } catch (error) {
    throw new IsthmusError('ISM3010', `not a discovery request: ${(error as Error).message}`, { cause: error })
  }
}

function read(fieldOf: Fields, bytes: Uint8Array): ReadRequest {
  const cursor = new Cursor(bytes)
  const request = {
    typeUrl: '',
    nonce: '',
    error: undefined as string | undefined,
    subscribe: none,
    unsubscribe: none,
    initialVersions: noVersions,
    names: none,
    version: '',
  }
  const nodes: Uint8Array[] = []
  while (cursor.next()) {
    const field = cursor.delimited ? fieldOf[cursor.field] : undefined
    if (field === undefined) continue
    if (field === 'node') nodes.push(cursor.bytes)
    else if (field === 'type') request.typeUrl = cursor.text
    else if (field === 'initial') {
      if (request.initialVersions === noVersions)
        request.initialVersions = Object.create(null) as Record<string, string>
      version(cursor.bytes, request.initialVersions)
    } else if (field === 'error') request.error = words(cursor.bytes)
    else if (field === 'nonce' || field === 'version') request[field] = cursor.text
    else {
      if (request[field] === none) request[field] = []
      request[field].push(cursor.text)
    }
  }
  // Parts of one message, joined, are that message.
  const node = nodes.length > 0 ? fromBinary(NodeSchema, Buffer.concat(nodes), { readUnknownFields: false }) : undefined
  return { request, node }
}

/** An entry of a map<string, string>. */
function version(bytes: Uint8Array, versions: Record<string, string>): void {
  let [name, value] = ['', '']
  for (const cursor = new Cursor(bytes); cursor.next(); ) {
    if (cursor.delimited && cursor.field === 1) name = cursor.text
    if (cursor.delimited && cursor.field === 2) value = cursor.text
  }
  versions[name] = value
}

/** google.rpc.Status: what the client says, or else its code. */
function words(bytes: Uint8Array): string {
  let [code, message] = [0, '']
  for (const cursor = new Cursor(bytes); cursor.next(); ) {
    if (!cursor.delimited && cursor.field === 1) code = cursor.varint
    if (cursor.delimited && cursor.field === 2) message = cursor.text
  }
  return message || `code ${code}`
}
