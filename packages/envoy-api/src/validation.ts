import type { DescField, DescMessage, MessageInitShape, MessageShape, Registry } from '@bufbuild/protobuf'
import { fromBinary, getOption, hasOption } from '@bufbuild/protobuf'
import { scalarZeroValue } from '@bufbuild/protobuf/reflect'
import type { Any } from '@bufbuild/protobuf/wkt'
import { type FieldRules, ignored, required, rules as rulesOption } from '@isthmus/envoy-api/validate/validate'
import { type Packed, packed } from './any.ts'
import { type ValueCheck, valueCheck } from './field-rules.ts'
import { knownTypes } from './known-types.ts'

export interface Violation {
  /** Proto names with indices: `filter_chains[0].filters[1].typed_config.stat_prefix`. */
  readonly path: string
  readonly message: string
}

/**
 * Checks a message against Envoy's own field rules: the `validate.rules` options that Envoy's descriptors carry, which
 * Envoy checks before it takes a resource. Takes a message or what one is made from. Goes into every Any that `pack` made or whose type the registry knows
 * (by default, see registry.ts). Empty: nothing wrong.
 */
export function validate<S extends DescMessage>(
  schema: S,
  message: MessageShape<S> | MessageInitShape<S>,
  registry?: Registry,
): Violation[] {
  const look = (paths: boolean) => {
    const found: Violation[] = []
    walk(schema, message as object, '', { registry, found, paths })
    return found
  }
  // Nearly always nothing is wrong: where something would be is put into words only when it is.
  return look(false).length > 0 ? look(true) : []
}

interface Context {
  readonly registry: Registry | undefined
  readonly found: Violation[]
  /** False while only looking whether anything is wrong: paths are empty then. */
  readonly paths: boolean
}
type Step = (message: Record<string, unknown>, path: string, context: Context) => void

function walk(schema: DescMessage, message: object, path: string, context: Context): void {
  if (schema.typeName === 'google.protobuf.Any') walkAny(message as Any, path, context)
  else for (const step of stepsOf(schema)) step(message as Record<string, unknown>, path, context)
}

function walkAny(any: Any, path: string, context: Context): void {
  const known = packed(any)
  if (known) {
    walkPacked(any, known, path, context)
    return
  }
  const registry = context.registry ?? knownTypes()
  const schema = registry.getMessage((any.typeUrl ?? '').split('/').at(-1)!)
  if (!schema) return
  let inner: object
  try {
    inner = fromBinary(schema, any.value ?? new Uint8Array())
  } catch (error) {
    context.found.push({ path, message: `is not a ${schema.typeName}: ${(error as Error).message}` })
    return
  }
  walk(schema, inner, path, context)
}

/** Parts that many messages share are looked at once. */
const good = new WeakSet<Any>()

function walkPacked(any: Any, { schema, message }: Packed, path: string, context: Context): void {
  if (good.has(any)) return
  const before = context.found.length
  walk(schema, message, path, context)
  if (context.found.length === before) good.add(any)
}

const compiled = new Map<DescMessage, readonly Step[]>()

function stepsOf(schema: DescMessage): readonly Step[] {
  let steps = compiled.get(schema)
  if (steps) return steps
  // First an empty list, so that a type that holds itself ends here and finds the real one when it runs.
  compiled.set(schema, [])
  steps = [...requiredOneofs(schema), ...schema.fields.map(fieldStep).filter(step => step !== undefined)]
  compiled.set(schema, steps)
  return steps
}

function requiredOneofs(schema: DescMessage): Step[] {
  if (getOption(schema, ignored)) return []
  return schema.oneofs
    .filter(oneof => getOption(oneof, required))
    .map(oneof => (message, path, { found }) => {
      if ((message[oneof.localName] as { case?: string } | undefined)?.case !== undefined) return
      found.push({
        path: join(path, oneof.name),
        message: `one of ${oneof.fields.map(f => f.name).join(', ')} must be set`,
      })
    })
}

function fieldStep(field: DescField): Step | undefined {
  const rules = hasOption(field, rulesOption) ? getOption(field, rulesOption) : undefined
  const check = valueStep(field, rules)
  if (!check) return undefined
  const { oneof, localName, name } = field
  if (!oneof) {
    const absent = valueWhenAbsent(field)
    return (message, path, context) =>
      check(message[localName] ?? absent, context.paths ? join(path, name) : '', context)
  }
  return (message, path, context) => {
    const chosen = message[oneof.localName] as { case?: string; value?: unknown } | undefined
    if (chosen?.case === localName) check(chosen.value, context.paths ? join(path, name) : '', context)
  }
}

/** What a field of a message has that nobody set: what messages are made from leaves it out. */
function valueWhenAbsent(field: DescField): unknown {
  if (field.fieldKind === 'list') return []
  if (field.fieldKind === 'map') return {}
  if (field.fieldKind === 'message' || field.presence !== implicit) return undefined
  return field.fieldKind === 'enum' ? field.enum.values[0]!.number : scalarZeroValue(field.scalar, false)
}

/** FeatureSet_FieldPresence.IMPLICIT. */
const implicit = 2

type ValueStep = (value: unknown, path: string, context: Context) => void

function valueStep(field: DescField, rules: FieldRules | undefined): ValueStep | undefined {
  switch (field.fieldKind) {
    case 'scalar':
      return scalarStep(rules && valueCheck(rules))
    case 'enum':
      return scalarStep(rules && valueCheck(rules, field.enum))
    case 'message':
      return messageStep(field.message, rules)
    case 'list':
      return listStep(field, rules)
    case 'map':
      return mapStep(field, rules)
  }
}

function scalarStep(check: ValueCheck | undefined): ValueStep | undefined {
  if (!check) return undefined
  return (value, path, { found }) => {
    const wrong = check(value)
    if (wrong) found.push({ path, message: wrong })
  }
}

function messageStep(schema: DescMessage, rules: FieldRules | undefined): ValueStep | undefined {
  const check = rules && valueCheck(rules)
  const needed =
    rules?.message?.required ||
    ((rules?.type.case === 'duration' || rules?.type.case === 'any' || rules?.type.case === 'timestamp') &&
      rules.type.value.required)
  const skip = rules?.message?.skip || getOption(schema, ignored) || isStruct(schema)
  const isDuration = schema.typeName === 'google.protobuf.Duration'
  if (skip && !needed) return undefined
  return (value, path, context) => {
    if (value === undefined) {
      if (needed) context.found.push({ path, message: 'must be set' })
      return
    }
    // protobuf-es shows wrapper fields as the value they wrap; in a oneof they stay messages.
    const plain = check && !isDuration && isMessage(value) && 'value' in value ? value.value : value
    const wrong = check?.(plain)
    if (wrong) context.found.push({ path, message: wrong })
    else if (!skip && isMessage(value)) walk(schema, value, path, context)
  }
}

function listStep(field: DescField & { fieldKind: 'list' }, rules: FieldRules | undefined): ValueStep | undefined {
  const list = rules?.type.case === 'repeated' ? rules.type.value : undefined
  const item =
    field.listKind === 'message'
      ? messageStep(field.message, list?.items)
      : scalarStep(list?.items && valueCheck(list.items, field.listKind === 'enum' ? field.enum : undefined))
  if (!list && !item) return undefined
  const min = list && Object.hasOwn(list, 'minItems') ? Number(list.minItems) : 0
  const max = list && Object.hasOwn(list, 'maxItems') ? Number(list.maxItems) : Number.POSITIVE_INFINITY
  return (value, path, context) => {
    const items = value as unknown[]
    if (items.length === 0 && list?.ignoreEmpty) return
    if (items.length < min)
      context.found.push({ path, message: `must have at least ${min} items, has ${items.length}` })
    if (items.length > max) context.found.push({ path, message: `must have at most ${max} items, has ${items.length}` })
    if (list?.unique && new Set(items).size < items.length) {
      context.found.push({ path, message: 'must not hold the same item twice' })
    }
    if (item) for (let i = 0; i < items.length; i++) item(items[i], context.paths ? `${path}[${i}]` : '', context)
  }
}

function mapStep(field: DescField & { fieldKind: 'map' }, rules: FieldRules | undefined): ValueStep | undefined {
  const map = rules?.type.case === 'map' ? rules.type.value : undefined
  const key = scalarStep(map?.keys && valueCheck(map.keys))
  const entry =
    field.mapKind === 'message'
      ? messageStep(field.message, map?.values)
      : scalarStep(map?.values && valueCheck(map.values, field.mapKind === 'enum' ? field.enum : undefined))
  if (!map && !entry) return undefined
  const min = map && Object.hasOwn(map, 'minPairs') ? Number(map.minPairs) : 0
  const max = map && Object.hasOwn(map, 'maxPairs') ? Number(map.maxPairs) : Number.POSITIVE_INFINITY
  return (value, path, context) => {
    const entries = Object.entries(value as Record<string, unknown>)
    if (entries.length < min) context.found.push({ path, message: `must have at least ${min} entries` })
    if (entries.length > max) context.found.push({ path, message: `must have at most ${max} entries` })
    for (const [name, inner] of entries) {
      const at = context.paths ? `${path}[${JSON.stringify(name)}]` : ''
      key?.(name, at, context)
      entry?.(inner, at, context)
    }
  }
}

function isStruct(schema: DescMessage): boolean {
  return ['google.protobuf.Struct', 'google.protobuf.Value', 'google.protobuf.ListValue'].includes(schema.typeName)
}

/** Or what one is made from: wrappers are numbers, text or bytes. */
function isMessage(value: unknown): value is { value?: unknown } {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}
