import { fromBinary, type JsonValue, toJson } from '@bufbuild/protobuf'
import { knownTypes } from '@isthmus/envoy-api/known-types'
import type { Origin, ProxyNode } from '../model/index.ts'
import type { Resource } from '../snapshot/resource.ts'
import type { Mode } from './request.ts'

/** What one proxy has of one type. */
export interface TypeStatus {
  readonly typeUrl: string
  readonly wildcard: boolean
  /** Names subscribed to, the wildcard aside. */
  readonly subscribed: number
  /** Resources it has accepted. */
  readonly held: number
  readonly sent?: { readonly version: string; readonly nonce: string; readonly at: number }
  readonly acked?: { readonly nonce: string; readonly at: number }
  /** The last refusal, until a later response of the type was accepted and nothing is held back any more. */
  readonly nacked?: Nack
  /** True when it holds what is meant for it now. */
  readonly inStep: boolean
}

export interface Nack {
  readonly nonce: string
  readonly at: number
  /** The proxy's own words. */
  readonly words: string
  readonly resources: readonly NackedResource[]
}

export interface NackedResource {
  readonly name: string
  readonly version: string
  /** True once it was refused alone; before that it is one of several suspects. */
  readonly certain: boolean
  readonly origins: readonly Origin[]
}

export interface ProxyStatus {
  /** One stream: a proxy that reconnects gets another. */
  readonly stream: number
  readonly node: ProxyNode
  readonly mode: Mode
  readonly peer: string
  /** Milliseconds since the epoch. */
  readonly connectedSince: number
  readonly inStep: boolean
  /** Bytes of responses that it has not taken yet. Shared with others that are sent the same. */
  readonly unreadBytes: number
  readonly types: readonly TypeStatus[]
}

export type XdsEvent =
  | { readonly kind: 'connected' | 'disconnected'; readonly node: ProxyNode; readonly stream: number }
  | {
      readonly kind: 'ack'
      readonly node: ProxyNode
      readonly stream: number
      readonly typeUrl: string
      /** From sending to the answer, milliseconds. */
      readonly afterMs: number
    }
  | {
      readonly kind: 'nack'
      readonly node: ProxyNode
      readonly stream: number
      readonly typeUrl: string
      readonly nack: Nack
    }

/** What a proxy was sent and accepted, by type URL, as the JSON Envoy itself shows. */
export type ProxyConfig = Readonly<Record<string, readonly ShownResource[]>>

export interface ShownResource {
  readonly name: string
  readonly version: string
  readonly origins: readonly Origin[]
  /** Missing where the proxy has it from another control plane and it is not known here. */
  readonly config?: JsonValue
}

export function shown(resource: Resource): ShownResource {
  const { typeUrl, name, version, origins, bytes } = resource
  const registry = knownTypes()
  const schema = registry.getMessage(typeUrl.slice(typeUrl.lastIndexOf('/') + 1))
  if (!schema || bytes.length === 0) return { name, version, origins }
  const config = toJson(schema, fromBinary(schema, bytes), { registry, useProtoFieldName: true })
  return { name, version, origins, config }
}
