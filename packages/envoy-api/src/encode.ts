import type { DescField, DescMessage, Message, MessageShape } from '@bufbuild/protobuf'
import { toBinary } from '@bufbuild/protobuf'

/**
 * The message's bytes, the same for equal messages: protobuf leaves the order of a map's entries open, here they are
 * sorted by key (maps of `message` may be put in that order in place, which no reader can see).
 */
export function encode<S extends DescMessage>(schema: S, message: MessageShape<S>): Uint8Array<ArrayBuffer> {
  sortMaps(schema, message)
  return toBinary(schema, message) as Uint8Array<ArrayBuffer>
}

// --- sorting -----------------------------------------------------------------------------------------------------

type Fields = Record<string, unknown>

function sortMaps(schema: DescMessage, message: Message): void {
  const fields = message as unknown as Fields
  for (const field of fieldsWithMaps(schema)) {
    if (field.oneof) {
      const chosen = fields[field.oneof.localName] as { case?: string; value?: unknown }
      if (chosen.case === field.localName) chosen.value = sorted(field, chosen.value)
    } else if (fields[field.localName] !== undefined) {
      fields[field.localName] = sorted(field, fields[field.localName])
    }
  }
}

function sorted(field: DescField, value: unknown): unknown {
  if (field.fieldKind === 'map') {
    const map = value as Fields
    if (field.mapKind === 'message') for (const key of Object.keys(map)) map[key] = sortedValue(field.message, map[key])
    return withSortedKeys(map)
  }
  if (field.fieldKind === 'list') {
    const list = value as unknown[]
    if (field.listKind === 'message')
      for (let i = 0; i < list.length; i++) list[i] = sortedValue(field.message, list[i])
    return list
  }
  return field.fieldKind === 'message' ? sortedValue(field.message, value) : value
}

/** Messages are sorted in place; google.protobuf.Struct, which protobuf-es shows as plain JSON, becomes a new object. */
function sortedValue(schema: DescMessage, value: unknown): unknown {
  if (isMessage(value)) sortMaps(schema, value)
  else if (schema.typeName === 'google.protobuf.Struct') return sortedJson(value)
  return value
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && '$typeName' in value
}

function withSortedKeys(map: Fields): Fields {
  const keys = Object.keys(map)
  for (let i = 1; i < keys.length; i++) {
    if (keys[i - 1]! > keys[i]!) return Object.fromEntries(keys.sort().map(key => [key, map[key]]))
  }
  return map
}

function sortedJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sortedJson(entry)]),
  )
}

const known = new Map<DescMessage, readonly DescField[]>()

/** The fields that are maps or lead to one. Recursive types count as leading to one. */
function fieldsWithMaps(schema: DescMessage): readonly DescField[] {
  const found = known.get(schema)
  if (found) return found
  known.set(schema, schema.fields)
  const fields = schema.fields.filter(field => {
    if (field.fieldKind === 'map') return true
    const message =
      field.fieldKind === 'message' ? field.message : field.fieldKind === 'list' ? field.message : undefined
    return message !== undefined && fieldsWithMaps(message).length > 0
  })
  known.set(schema, fields)
  return fields
}
