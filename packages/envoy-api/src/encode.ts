import {
  type DescField,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
  ScalarType,
} from '@bufbuild/protobuf'
import { type Scalar, scalarOf, wireTypeOf } from './scalars.ts'
import { writeStruct } from './struct.ts'
import { BackwardWriter } from './writer.ts'

export { BackwardWriter }

const writer = new BackwardWriter()
/** True while a message is being written: an encoder that is called meanwhile would write into it. */
let busy = false

/**
 * The message's bytes, the same for equal messages: protobuf leaves the order of a map's entries open, here they are
 * sorted by key. Takes a message, or what one is created from: what is only written need not be created first. Throws
 * where a value does not fit its type.
 */
export function encode<S extends DescMessage>(
  schema: S,
  message: MessageShape<S> | MessageInitShape<S>,
): Uint8Array<ArrayBuffer> {
  if (busy) throw new Error(`${schema.typeName} is encoded while another message is`)
  busy = true
  try {
    write(schema, message as Fields)
    return writer.finish()
  } catch (error) {
    writer.reset()
    throw error
  } finally {
    busy = false
  }
}

type Fields = Record<string, unknown>
type Step = (message: Fields) => void
type ValueWriter = (value: unknown) => void

/** Each type's fields from the last number to the first, since the writer goes backwards. */
const compiled = new Map<DescMessage, readonly Step[]>()

function write(schema: DescMessage, message: Fields): void {
  let steps = compiled.get(schema)
  if (!steps) {
    steps = schema.fields.toSorted((a, b) => b.number - a.number).map(stepOf)
    compiled.set(schema, steps)
  }
  for (let i = 0; i < steps.length; i++) steps[i]!(message)
}

function stepOf(field: DescField): Step {
  switch (field.fieldKind) {
    case 'list':
      return listStep(field)
    case 'map':
      return mapStep(field)
    default:
      return singularStep(field)
  }
}

function tagged(number: number, wireType: number, value: ValueWriter): ValueWriter {
  const tag = number * 8 + wireType
  return v => {
    value(v)
    writer.varint(tag)
  }
}

const lengthDelimited = 2

function singularStep(field: DescField & { fieldKind: 'scalar' | 'enum' | 'message' }): Step {
  const { localName, oneof } = field
  if (field.fieldKind === 'message') {
    const value = tagged(field.number, lengthDelimited, messageWriter(field, field.message, oneof !== undefined))
    if (oneof) return chosen(oneof.localName, localName, value)
    return message => {
      const v = message[localName]
      if (v !== undefined && v !== null) value(v)
    }
  }
  const scalar = scalarOf(field.fieldKind === 'enum' ? ScalarType.INT32 : field.scalar, field)
  const value = tagged(field.number, scalar.wireType, v => scalar.write(writer, v))
  if (oneof) return chosen(oneof.localName, localName, value)
  // Of proto2 messages the prototype has the defaults.
  if (field.presence !== implicit) {
    return message => {
      const v = message[localName]
      if (v !== undefined && Object.hasOwn(message, localName)) value(v)
    }
  }
  const zero = field.fieldKind === 'enum' ? field.enum.values[0]!.number : undefined
  return message => {
    const v = message[localName]
    if (v !== undefined && v !== zero && !(zero === undefined && scalar.isZero(v))) value(v)
  }
}

/** FeatureSet_FieldPresence.IMPLICIT: what has its zero value is not written. */
const implicit = 2

function chosen(oneof: string, name: string, value: ValueWriter): Step {
  return message => {
    const choice = message[oneof] as { case?: string; value?: unknown } | undefined
    if (choice?.case === name) value(choice.value)
  }
}

/** Writes length and content. */
function messageWriter(field: DescField, schema: DescMessage, inOneof = false): ValueWriter {
  if (field.parent.typeName === 'google.protobuf.Value') return plainMessage(schema)
  if (schema.typeName === 'google.protobuf.Struct') {
    const message = plainMessage(schema)
    return value => {
      if (isMessage(value)) message(value)
      else delimited(() => writeStruct(writer, value as Fields))
    }
  }
  const wrapped = wrapperOf(schema)
  if (!wrapped || inOneof) return plainMessage(schema)
  const message = plainMessage(schema)
  const inner = tagged(1, wrapped.wireType, v => wrapped.write(writer, v))
  return value => {
    if (isMessage(value)) message(value)
    else
      delimited(() => {
        if (!wrapped.isZero(value)) inner(value)
      })
  }
}

function plainMessage(schema: DescMessage): ValueWriter {
  return value => {
    const before = writer.length
    write(schema, value as Fields)
    writer.varint(writer.length - before)
  }
}

function delimited(content: () => void): void {
  const before = writer.length
  content()
  writer.varint(writer.length - before)
}

/** protobuf-es shows a wrapper as the value it wraps. */
function wrapperOf(schema: DescMessage): Scalar | undefined {
  const [field] = schema.fields
  const isWrapper = schema.file.name === 'google/protobuf/wrappers' && field?.fieldKind === 'scalar'
  return isWrapper ? scalarOf(field.scalar, field) : undefined
}

function isMessage(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '$typeName' in value
}

function listStep(field: DescField & { fieldKind: 'list' }): Step {
  const { localName, number } = field
  const each = (value: ValueWriter): Step => {
    return message => {
      const list = message[localName] as readonly unknown[] | undefined
      if (list) for (let i = list.length - 1; i >= 0; i--) value(list[i])
    }
  }
  if (field.listKind === 'message') return each(tagged(number, lengthDelimited, messageWriter(field, field.message)))
  const scalar = scalarOf(field.listKind === 'enum' ? ScalarType.INT32 : field.scalar, field)
  if (!field.packed) return each(tagged(number, scalar.wireType, v => scalar.write(writer, v)))
  const packed = tagged(number, lengthDelimited, list =>
    delimited(() => {
      const values = list as readonly unknown[]
      for (let i = values.length - 1; i >= 0; i--) scalar.write(writer, values[i])
    }),
  )
  return message => {
    const list = message[localName] as readonly unknown[] | undefined
    if (list && list.length > 0) packed(list)
  }
}

function mapStep(field: DescField & { fieldKind: 'map' }): Step {
  const { localName } = field
  const keys = scalarOf(field.mapKey, field)
  const key = tagged(1, wireTypeOf(field.mapKey), v => keys.write(writer, v))
  let value: ValueWriter
  if (field.mapKind === 'message') value = tagged(2, lengthDelimited, messageWriter(field, field.message))
  else {
    const scalar = scalarOf(field.mapKind === 'enum' ? ScalarType.INT32 : field.scalar, field)
    value = tagged(2, scalar.wireType, v => scalar.write(writer, v))
  }
  const entry = tagged(field.number, lengthDelimited, pair =>
    delimited(() => {
      const [name, inner] = pair as [string, unknown]
      value(inner)
      key(keys.fromKey(name))
    }),
  )
  return message => {
    const map = message[localName] as Fields | undefined
    if (!map) return
    const names = Object.keys(map).sort()
    for (let i = names.length - 1; i >= 0; i--) entry([names[i], map[names[i]!]])
  }
}
