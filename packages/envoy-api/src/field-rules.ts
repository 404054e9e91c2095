import type { DescEnum, Message } from '@bufbuild/protobuf'
import type { Duration } from '@bufbuild/protobuf/wkt'
import { type FieldRules, KnownRegex, type StringRules } from '@isthmus/envoy-api/validate/validate'

/** What is wrong with a value, or undefined. */
export type ValueCheck = (value: unknown) => string | undefined

/**
 * One field's `validate.rules` as checks of a single value (github.com/bufbuild/protoc-gen-validate says what they
 * mean). Rules of lists, maps and messages are the walk's business, not of a value: see validation.ts.
 */
export function valueCheck(rules: FieldRules, enumeration?: DescEnum): ValueCheck | undefined {
  const { type } = rules
  switch (type.case) {
    case undefined:
    case 'repeated':
    case 'map':
    case 'any':
    case 'timestamp':
      return undefined
    case 'string':
      return stringCheck(type.value)
    case 'bytes':
      return lengthCheck(type.value as unknown as Rules, v => (v as Uint8Array).length, 'bytes')
    case 'bool':
      return has(type.value, 'const')
        ? v => (v === type.value.const ? undefined : `must be ${type.value.const}`)
        : undefined
    case 'enum':
      return enumCheck(type.value as unknown as Rules, enumeration)
    case 'duration':
      return comparison(
        type.value as unknown as Rules,
        v => nanoseconds(v as Duration),
        v => `${Number(v) / 1e9}s`,
      )
    default:
      return comparison(type.value as unknown as Rules, v => v as number | bigint, String)
  }
}

type Rules = Message & Record<string, unknown>

/** validate.proto is proto2: a rule counts when it was written, whatever its value. */
function has(rules: object, name: string): boolean {
  return Object.hasOwn(rules, name)
}

function nanoseconds(d: Duration): bigint {
  return (d.seconds ?? 0n) * 1_000_000_000n + BigInt(d.nanos ?? 0)
}

function comparison(
  rules: Rules,
  number: (value: unknown) => number | bigint,
  text: (value: number | bigint) => string,
): ValueCheck {
  const bound = (name: string) => (has(rules, name) ? number(rules[name]) : undefined)
  const [lt, lte, gt, gte, constant] = ['lt', 'lte', 'gt', 'gte', 'const'].map(bound)
  const oneOf = (rules.in as unknown[]).map(number)
  const noneOf = (rules.notIn as unknown[]).map(number)
  // "gt 5, lt 2" means outside of 2 to 5.
  const [low, high] = [gt ?? gte, lt ?? lte]
  const outside = low !== undefined && high !== undefined && high < low
  return value => {
    const v = number(value)
    if (rules.ignoreEmpty && (v === 0 || v === 0n)) return undefined
    if (constant !== undefined && v !== constant) return `must be ${text(constant)}, is ${text(v)}`
    const above = (gt === undefined || v > gt) && (gte === undefined || v >= gte)
    const below = (lt === undefined || v < lt) && (lte === undefined || v <= lte)
    if (outside ? !(above || below) : !(above && below)) {
      const parts = [
        gt !== undefined && `greater than ${text(gt)}`,
        gte !== undefined && `at least ${text(gte)}`,
        lt !== undefined && `less than ${text(lt)}`,
        lte !== undefined && `at most ${text(lte)}`,
      ].filter(part => part !== false)
      return `must be ${parts.join(outside ? ' or ' : ' and ')}, is ${text(v)}`
    }
    if (oneOf.length > 0 && !oneOf.includes(v)) return `must be one of ${oneOf.map(text).join(', ')}, is ${text(v)}`
    if (noneOf.includes(v)) return `must not be ${text(v)}`
    return undefined
  }
}

function enumCheck(rules: Rules, enumeration?: DescEnum): ValueCheck {
  const name = (v: number) => enumeration?.value[v]?.name ?? String(v)
  return value => {
    const v = value as number
    if (rules.definedOnly && enumeration && !enumeration.value[v]) return `${v} is not a value of ${enumeration.name}`
    if (has(rules, 'const') && v !== rules.const) return `must be ${name(rules.const as number)}, is ${name(v)}`
    const [oneOf, noneOf] = [rules.in as number[], rules.notIn as number[]]
    if (oneOf.length > 0 && !oneOf.includes(v)) return `must be one of ${oneOf.map(name).join(', ')}, is ${name(v)}`
    if (noneOf.includes(v)) return `must not be ${name(v)}`
    return undefined
  }
}

function lengthCheck(
  rules: Rules,
  length: (value: unknown) => number,
  unit: string,
  names = ['len', 'minLen', 'maxLen'],
): ValueCheck {
  const [exact, min, max] = names.map(name => (has(rules, name) ? Number(rules[name]) : undefined))
  return value => {
    const n = length(value)
    if (rules.ignoreEmpty && n === 0) return undefined
    if (exact !== undefined && n !== exact) return `must have ${exact} ${unit}, has ${n}`
    if (min !== undefined && n < min)
      return n === 0 ? 'must not be empty' : `must have at least ${min} ${unit}, has ${n}`
    if (max !== undefined && n > max) return `must have at most ${max} ${unit}, has ${n}`
    return undefined
  }
}

function stringCheck(rules: StringRules): ValueCheck {
  const plain = rules as unknown as Rules
  const checks: ValueCheck[] = []
  if (has(rules, 'len') || has(rules, 'minLen') || has(rules, 'maxLen')) {
    checks.push(lengthCheck(plain, v => [...(v as string)].length, 'characters'))
  }
  if (has(rules, 'lenBytes') || has(rules, 'minBytes') || has(rules, 'maxBytes')) {
    checks.push(lengthCheck(plain, v => Buffer.byteLength(v as string), 'bytes', ['lenBytes', 'minBytes', 'maxBytes']))
  }
  const say = (ok: (v: string) => boolean, what: string) =>
    checks.push(v => (ok(v as string) ? undefined : `${what}, is ${JSON.stringify(v)}`))
  if (has(rules, 'const')) say(v => v === rules.const, `must be ${JSON.stringify(rules.const)}`)
  if (has(rules, 'prefix')) say(v => v.startsWith(rules.prefix), `must begin with ${JSON.stringify(rules.prefix)}`)
  if (has(rules, 'suffix')) say(v => v.endsWith(rules.suffix), `must end with ${JSON.stringify(rules.suffix)}`)
  if (has(rules, 'contains')) say(v => v.includes(rules.contains), `must contain ${JSON.stringify(rules.contains)}`)
  if (has(rules, 'notContains'))
    say(v => !v.includes(rules.notContains), `must not contain ${JSON.stringify(rules.notContains)}`)
  if (rules.in.length > 0) say(v => rules.in.includes(v), `must be one of ${rules.in.join(', ')}`)
  if (rules.notIn.length > 0) say(v => !rules.notIn.includes(v), `must not be one of ${rules.notIn.join(', ')}`)
  if (has(rules, 'pattern')) {
    const pattern = new RegExp(rules.pattern)
    say(v => pattern.test(v), `must match ${rules.pattern}`)
  }
  const format = formatOf(rules)
  if (format) say(format.ok, format.what)
  return value => {
    if (rules.ignoreEmpty && value === '') return undefined
    for (const check of checks) {
      const wrong = check(value)
      if (wrong) return wrong
    }
    return undefined
  }
}

// protoc-gen-validate's own expressions for header names and values; the loose ones only keep NUL and line ends out.
const control = '\\u0000-\\u0008\\u000a-\\u001f\\u007f'
const headerName = /^:?[0-9a-zA-Z!#$%&'*+\-.^_|~`]+$/
const headerValue = new RegExp(`^[^${control}]*$`)
const lineEnds = '\\u0000\\n\\r'
const loose = new RegExp(`^[^${lineEnds}]*$`)

function formatOf(rules: StringRules): { ok: (v: string) => boolean; what: string } | undefined {
  const { wellKnown } = rules
  switch (wellKnown.case) {
    case 'wellKnownRegex': {
      if (wellKnown.value === KnownRegex.HTTP_HEADER_NAME) {
        const pattern = rules.strict ? headerName : loose
        return { ok: v => pattern.test(v), what: 'must be the name of an HTTP header' }
      }
      const pattern = rules.strict ? headerValue : loose
      return { ok: v => pattern.test(v), what: 'must be fit for an HTTP header (no control characters or line ends)' }
    }
    case 'uri':
      return { ok: v => URL.canParse(v), what: 'must be an absolute URI' }
    case 'uriRef':
      return { ok: v => URL.canParse(v, 'http://base.invalid'), what: 'must be a URI' }
    default:
      // The others (email, hostname, ip, uuid …) stand on no field of Envoy's API.
      return undefined
  }
}
