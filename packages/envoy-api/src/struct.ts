import type { BackwardWriter } from './writer.ts'

/* google.protobuf.Struct, which protobuf-es shows as plain JSON: the same JSON gives the same bytes. */

/** The fields of a Struct. Throws for what is no JSON. */
export function writeStruct(writer: BackwardWriter, json: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(json).sort()
  for (let i = names.length - 1; i >= 0; i--) {
    const name = names[i]!
    const entry = writer.length
    delimited(writer, 2, () => writeValue(writer, json[name]))
    writeText(writer, 1, name)
    writer.varint(writer.length - entry)
    writer.varint(field(1, 2))
  }
}

function writeValue(writer: BackwardWriter, value: unknown): void {
  if (value === null) {
    writer.varint(0)
    writer.varint(field(1, 0))
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`google.protobuf.Value cannot be ${value}`)
    writer.double(value)
    writer.varint(field(2, 1))
  } else if (typeof value === 'string') writeText(writer, 3, value)
  else if (typeof value === 'boolean') {
    writer.varint(value ? 1 : 0)
    writer.varint(field(4, 0))
  } else if (Array.isArray(value)) {
    delimited(writer, 6, () => {
      for (let i = value.length - 1; i >= 0; i--) delimited(writer, 1, () => writeValue(writer, value[i]))
    })
  } else if (typeof value === 'object')
    delimited(writer, 5, () => writeStruct(writer, value as Record<string, unknown>))
  else throw new Error(`google.protobuf.Value cannot be ${typeof value}`)
}

function writeText(writer: BackwardWriter, number: number, text: string): void {
  const before = writer.length
  writer.string(text)
  writer.varint(writer.length - before)
  writer.varint(field(number, 2))
}

function delimited(writer: BackwardWriter, number: number, content: () => void): void {
  const before = writer.length
  content()
  writer.varint(writer.length - before)
  writer.varint(field(number, 2))
}

function field(number: number, wireType: number): number {
  return number * 8 + wireType
}
