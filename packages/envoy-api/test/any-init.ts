import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf'
import fc from 'fast-check'

/** What messages of a type can be created from: every kind of field, nested to a depth. */
export function anyInit(schema: DescMessage, depth = 3): fc.Arbitrary<Record<string, unknown>> {
  const fields = schema.fields.filter(f => depth > 0 || !isMessage(f))
  if (fields.length === 0) return fc.constant({})
  return fc.subarray(fields, { maxLength: Math.min(5, fields.length) }).chain(chosen => {
    const parts: Record<string, fc.Arbitrary<unknown>> = {}
    for (const field of chosen) {
      const value = anyValue(field, depth - 1)
      if (field.oneof) parts[field.oneof.localName] = value.map(v => ({ case: field.localName, value: v }))
      else parts[field.localName] = value
    }
    return fc.record(parts)
  })
}

function isMessage(field: DescField): boolean {
  return field.fieldKind === 'message' || (field.fieldKind !== 'scalar' && field.message !== undefined)
}

const anyKey = fc.stringMatching(/^[a-zA-Z_.][a-z0-9é.-]{0,8}$/)
const anyJson: fc.Arbitrary<unknown> = fc.letrec(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, 1.5, -3, '', 'text', 'größer'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(anyKey, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value

function anyValue(field: DescField, depth: number): fc.Arbitrary<unknown> {
  switch (field.fieldKind) {
    case 'scalar':
      return anyScalar(field.scalar)
    case 'enum':
      return fc.constantFrom(...field.enum.values.map(v => v.number))
    case 'message':
      return anyMessage(field, field.message, depth, field.oneof !== undefined)
    case 'list': {
      const item =
        field.listKind === 'message'
          ? anyMessage(field, field.message, depth)
          : field.listKind === 'enum'
            ? fc.constantFrom(...field.enum.values.map(v => v.number))
            : anyScalar(field.scalar)
      return fc.array(item, { maxLength: 3 })
    }
    case 'map': {
      const value =
        field.mapKind === 'message'
          ? anyMessage(field, field.message, depth)
          : field.mapKind === 'enum'
            ? fc.constantFrom(...field.enum.values.map(v => v.number))
            : anyScalar(field.scalar)
      if (field.mapKey === ScalarType.STRING) return fc.dictionary(anyKey, value, { maxKeys: 3, noNullPrototype: true })
      return value.map(v => ({ 7: v }))
    }
  }
}

function anyMessage(field: DescField, schema: DescMessage, depth: number, inOneof = false): fc.Arbitrary<unknown> {
  const inValue = field.parent.typeName === 'google.protobuf.Value'
  if (schema.typeName === 'google.protobuf.Struct' && !inValue)
    return fc.dictionary(anyKey, anyJson, { maxKeys: 3, noNullPrototype: true })
  const wrapped = schema.file.name === 'google/protobuf/wrappers' ? schema.fields[0] : undefined
  if (wrapped?.fieldKind === 'scalar' && field.fieldKind === 'message' && !inOneof) return anyScalar(wrapped.scalar)
  return anyInit(schema, depth)
}

function anyScalar(type: ScalarType): fc.Arbitrary<unknown> {
  switch (type) {
    case ScalarType.STRING:
      return fc.oneof(fc.constant(''), fc.string({ unit: 'grapheme', maxLength: 12 }))
    case ScalarType.BYTES:
      return fc.uint8Array({ maxLength: 200 })
    case ScalarType.BOOL:
      return fc.boolean()
    case ScalarType.DOUBLE:
      return fc.double({ noNaN: true })
    case ScalarType.FLOAT:
      return fc.float({ noNaN: true })
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return fc.oneof(fc.constantFrom(0, 127, 128, 0xffffffff), fc.nat())
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return fc.oneof(fc.constantFrom(0, -1, -0x80000000, 0x7fffffff), fc.integer())
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return fc.oneof(fc.constantFrom(0n, 127n, 0xffffffffffffffffn), fc.bigInt({ min: 0n, max: 1n << 60n }))
    default:
      return fc.oneof(
        fc.constantFrom(0n, -1n, -(1n << 63n), (1n << 63n) - 1n),
        fc.bigInt({ min: -10n, max: 1n << 60n }),
      )
  }
}
