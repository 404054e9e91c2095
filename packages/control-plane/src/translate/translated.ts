import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { create } from '@bufbuild/protobuf'
import type { Finding, Origin } from '../model/index.ts'

/** One Envoy resource before it is encoded. `origins` are the objects that made it, so that a refusal can be told to their owners. */
export interface TranslatedResource<D extends DescMessage = DescMessage> {
  readonly typeUrl: string
  readonly name: string
  readonly schema: D
  readonly message: MessageShape<D>
  readonly origins: readonly Origin[]
  /** Its bytes, where they are known already and hold nothing that Envoy's field rules refuse: then nobody needs the message. */
  readonly written?: Written
}

export interface Written {
  readonly bytes: Uint8Array
  /** Of a ClusterLoadAssignment. */
  readonly hasEndpoints: boolean
}

/** Everything one view should hold but endpoints, which have a way of their own: see `translateEndpoints`. */
export interface Translated {
  readonly clusters: readonly TranslatedResource[]
  readonly listeners: readonly TranslatedResource[]
  readonly routes: readonly TranslatedResource[]
  readonly secrets: readonly TranslatedResource[]
  /** What regional policy has to say of the view's services, for the status of the policies and rules that decided. */
  readonly findings?: readonly Finding[]
}

/** A message as it is written down to be created: without the runtime's own fields, so that parts can be spread together. */
export type Init<D extends DescMessage> = Exclude<MessageInitShape<D>, MessageShape<D>>

export function resource<D extends DescMessage>(
  schema: D,
  name: string,
  init: MessageInitShape<D>,
  origins: readonly Origin[],
): TranslatedResource<D> {
  return {
    typeUrl: `type.googleapis.com/${schema.typeName}`,
    name,
    schema,
    message: create(schema, init),
    origins: distinct(origins),
  }
}

/** A resource whose message is made only where somebody asks for it. */
export function writtenResource<D extends DescMessage>(
  schema: D,
  name: string,
  written: Written | undefined,
  init: () => MessageInitShape<D>,
  origins: readonly Origin[],
): TranslatedResource<D> {
  let message: MessageShape<D> | undefined
  return {
    typeUrl: `type.googleapis.com/${schema.typeName}`,
    name,
    schema,
    written,
    get message() {
      message ??= create(schema, init())
      return message
    },
    origins: distinct(origins),
  }
}

function distinct(origins: readonly Origin[]): readonly Origin[] {
  if (origins.length < 2) return origins
  const seen = new Map<string, Origin>()
  for (const o of origins) seen.set([o.cluster, o.kind, o.namespace, o.name, o.file, o.line].join('\0'), o)
  return [...seen.values()]
}
