import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { create, fromBinary } from '@bufbuild/protobuf'
import type { Pieces } from '../collections/index.ts'
import type { Finding, Origin } from '../model/index.ts'

/** One Envoy resource before it is encoded. `origins` are the objects that made it, so that a refusal can be told to their owners. */
export interface TranslatedResource<D extends DescMessage = DescMessage> {
  readonly typeUrl: string
  readonly name: string
  readonly schema: D
  readonly message: MessageShape<D>
  /** What the message is made from; absent where it was made already. Enough to be checked and encoded. */
  readonly init?: MessageInitShape<D>
  readonly origins: readonly Origin[]
  /** Its bytes, where they are known already and hold nothing that Envoy's field rules refuse: then nobody needs the message. */
  readonly written?: Written
  /** Told by who has encoded and accepted it: from then on the bytes stand for what the message is made from. */
  settle?(bytes: Uint8Array): void
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

/** The same in pieces, of which those that nothing changed are the ones of the mesh that the view followed last. */
export interface TranslatedPieces {
  readonly clusters: Pieces<TranslatedResource>
  readonly listeners: Pieces<TranslatedResource>
  readonly routes: Pieces<TranslatedResource>
  readonly secrets: Pieces<TranslatedResource>
  /** Put together when somebody asks. The same function as long as it says the same. */
  readonly findings?: () => readonly Finding[]
}

/** A message as it is written down to be created: without the runtime's own fields, so that parts can be spread together. */
export type Init<D extends DescMessage> = Exclude<MessageInitShape<D>, MessageShape<D>>

export function resource<D extends DescMessage>(
  schema: D,
  name: string,
  init: MessageInitShape<D>,
  origins: readonly Origin[],
): TranslatedResource<D> {
  return new Described(schema, name, init, distinct(origins))
}

/**
 * The message itself is made when somebody asks for it, which delivery does not. Once its bytes are known, what it is made from
 * is let go: of a thousand services it takes more memory than all that proxies are sent.
 */
class Described<D extends DescMessage> implements TranslatedResource<D> {
  readonly typeUrl: string
  readonly name: string
  readonly schema: D
  readonly origins: readonly Origin[]
  #from: MessageInitShape<D> | Uint8Array

  constructor(schema: D, name: string, init: MessageInitShape<D>, origins: readonly Origin[]) {
    this.typeUrl = typeUrlOf(schema)
    this.name = name
    this.schema = schema
    this.origins = origins
    this.#from = init
  }

  get init(): MessageInitShape<D> | undefined {
    return this.#from instanceof Uint8Array ? undefined : this.#from
  }

  get message(): MessageShape<D> {
    if (this.#from instanceof Uint8Array) return fromBinary(this.schema, this.#from)
    // Created, it may be taken for what it is made from.
    const message = create(this.schema, this.#from)
    this.#from = message
    return message
  }

  settle(bytes: Uint8Array): void {
    this.#from = bytes
  }
}

/** What a resource says, to be encoded or looked into. */
export function contentOf(t: TranslatedResource): MessageInitShape<DescMessage> & object {
  return (t.init ?? t.message) as MessageInitShape<DescMessage> & object
}

/** A resource whose bytes may be known already: its message is made only where somebody asks for it. */
export function writtenResource<D extends DescMessage>(
  schema: D,
  name: string,
  written: Written | undefined,
  init: () => MessageInitShape<D>,
  origins: readonly Origin[],
): TranslatedResource<D> {
  return new WrittenResource(schema, name, written, init, distinct(origins))
}

class WrittenResource<D extends DescMessage> implements TranslatedResource<D> {
  readonly typeUrl: string
  readonly name: string
  readonly schema: D
  readonly origins: readonly Origin[]
  #written: Written | undefined
  #init: (() => MessageInitShape<D>) | undefined

  constructor(
    schema: D,
    name: string,
    written: Written | undefined,
    init: () => MessageInitShape<D>,
    origins: readonly Origin[],
  ) {
    this.typeUrl = typeUrlOf(schema)
    this.name = name
    this.schema = schema
    this.origins = origins
    this.#written = written
    this.#init = init
  }

  get written(): Written | undefined {
    return this.#written
  }

  get message(): MessageShape<D> {
    return this.#init ? create(this.schema, this.#init()) : fromBinary(this.schema, this.#written!.bytes)
  }

  settle(bytes: Uint8Array): void {
    if (!this.#written) return
    this.#written = { ...this.#written, bytes }
    this.#init = undefined
  }
}

const typeUrls = new WeakMap<DescMessage, string>()

/** One text for all resources of a type. */
function typeUrlOf(schema: DescMessage): string {
  let typeUrl = typeUrls.get(schema)
  if (typeUrl === undefined) {
    typeUrl = `type.googleapis.com/${schema.typeName}`
    typeUrls.set(schema, typeUrl)
  }
  return typeUrl
}

function distinct(origins: readonly Origin[]): readonly Origin[] {
  if (origins.length < 2) return origins
  const seen = new Map<string, Origin>()
  for (const o of origins) seen.set([o.cluster, o.kind, o.namespace, o.name, o.file, o.line].join('\0'), o)
  return [...seen.values()]
}
