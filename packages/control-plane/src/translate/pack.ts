import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import { pack as packMessage } from '@isthmus/envoy-api/any'

/** A message in a google.protobuf.Any, as Envoy's typed_config wants it. */
export function pack<D extends DescMessage>(schema: D, init: MessageInitShape<D>): Any {
  return packMessage(schema, init)
}

/** An extension with its configuration, inline. */
export function extension<D extends DescMessage>(name: string, schema: D, init: MessageInitShape<D>) {
  return { name, typedConfig: pack(schema, init) }
}

/** The same where the field is a oneof `config_type`: network and listener filters, transport sockets. */
export function filter<D extends DescMessage>(name: string, schema: D, init: MessageInitShape<D>) {
  return { name, configType: { case: 'typedConfig' as const, value: pack(schema, init) } }
}
