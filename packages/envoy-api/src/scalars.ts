import { type DescField, ScalarType } from '@bufbuild/protobuf'
import type { BackwardWriter } from './writer.ts'

/** How values of one scalar type are written. */
export interface Scalar {
  readonly wireType: number
  /** Throws where the value does not fit. */
  write(writer: BackwardWriter, value: unknown): void
  isZero(value: unknown): boolean
  /** A map's key, which in JavaScript is text. */
  fromKey(key: string): unknown
}

export function wireTypeOf(type: ScalarType): number {
  switch (type) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return 2
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return 1
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return 5
    default:
      return 0
  }
}

export function scalarOf(type: ScalarType, field: DescField): Scalar {
  const wrong = (value: unknown, what: string): never => {
    const shown = typeof value === 'string' ? JSON.stringify(value) : String(value)
    throw new Error(`${field.parent.typeName}.${field.name} must be ${what}, is ${shown}`)
  }
  const wireType = wireTypeOf(type)
  const same = (key: string) => key
  const integer = (least: number, most: number, put: (writer: BackwardWriter, value: number) => void): Scalar => ({
    wireType,
    write: (writer, value) => {
      if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
        wrong(value, `an integer from ${least} to ${most}`)
      put(writer, value as number)
    },
    isZero: value => value === 0,
    fromKey: Number,
  })
  const long = (signed: boolean, put: (writer: BackwardWriter, value: bigint) => void): Scalar => ({
    wireType,
    write: (writer, value) => {
      let number: bigint
      try {
        number = BigInt(value as bigint | number | string)
      } catch {
        return wrong(value, 'an integer')
      }
      if (number !== (signed ? BigInt.asIntN(64, number) : BigInt.asUintN(64, number))) wrong(value, 'of 64 bits')
      put(writer, number)
    },
    isZero: value => value === 0n || value === 0 || value === '0',
    fromKey: BigInt,
  })
  const float = (put: (writer: BackwardWriter, value: number) => void): Scalar => ({
    wireType,
    write: (writer, value) => {
      if (typeof value !== 'number') wrong(value, 'a number')
      put(writer, value as number)
    },
    isZero: value => Object.is(value, 0),
    fromKey: Number,
  })
  switch (type) {
    case ScalarType.STRING:
      return {
        wireType,
        write: (writer, value) => {
          if (typeof value !== 'string') return wrong(value, 'text')
          const before = writer.length
          writer.string(value)
          writer.varint(writer.length - before)
        },
        isZero: value => value === '',
        fromKey: same,
      }
    case ScalarType.BYTES:
      return {
        wireType,
        write: (writer, value) => {
          if (!(value instanceof Uint8Array)) return wrong(value, 'bytes')
          writer.bytes(value)
          writer.varint(value.length)
        },
        isZero: value => value instanceof Uint8Array && value.length === 0,
        fromKey: same,
      }
    case ScalarType.BOOL:
      return {
        wireType,
        write: (writer, value) => {
          if (typeof value !== 'boolean') wrong(value, 'true or false')
          writer.varint(value ? 1 : 0)
        },
        isZero: value => value === false,
        fromKey: key => key === 'true',
      }
    case ScalarType.DOUBLE:
      return float((writer, value) => writer.double(value))
    case ScalarType.FLOAT:
      return float((writer, value) => writer.float(value))
    case ScalarType.UINT32:
      return integer(0, 0xffffffff, (writer, value) => writer.varint(value))
    case ScalarType.INT32:
      return integer(-0x80000000, 0x7fffffff, (writer, value) =>
        value < 0 ? writer.varint64(BigInt(value)) : writer.varint(value),
      )
    case ScalarType.SINT32:
      return integer(-0x80000000, 0x7fffffff, (writer, value) => writer.varint(value < 0 ? -value * 2 - 1 : value * 2))
    case ScalarType.FIXED32:
      return integer(0, 0xffffffff, (writer, value) => writer.fixed32(value))
    case ScalarType.SFIXED32:
      return integer(-0x80000000, 0x7fffffff, (writer, value) => writer.fixed32(value))
    case ScalarType.INT64:
      return long(true, (writer, value) => writer.varint64(value))
    case ScalarType.UINT64:
      return long(false, (writer, value) => writer.varint64(value))
    case ScalarType.SINT64:
      return long(true, (writer, value) => writer.varint64(value < 0n ? -value * 2n - 1n : value * 2n))
    case ScalarType.FIXED64:
      return long(false, (writer, value) => writer.fixed64(value))
    case ScalarType.SFIXED64:
      return long(true, (writer, value) => writer.fixed64(value))
  }
}
