import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { create } from '@bufbuild/protobuf'
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt'
import { encode } from './encode.ts'

/** What was put into an Any. */
export interface Packed {
  readonly schema: DescMessage
  /** Or what it is made from. */
  readonly message: object
}

const contents = new WeakMap<Any, Packed>()

/** A google.protobuf.Any of a message or of what one is made from, with sorted maps inside. Neither may be changed afterwards. */
export function pack<S extends DescMessage>(schema: S, message: MessageShape<S> | MessageInitShape<S>): Any {
  const any = create(AnySchema, { typeUrl: `type.googleapis.com/${schema.typeName}`, value: encode(schema, message) })
  contents.set(any, { schema, message: message as object })
  return any
}

/** The message that `pack` put into this very object: who looks into it need not decode it. */
export function packed(any: Any): Packed | undefined {
  return contents.get(any)
}
