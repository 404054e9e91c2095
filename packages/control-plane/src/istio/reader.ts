import { maxDurationMs, parseDuration } from './duration.ts'
import type { Report } from './report.ts'

interface Range {
  readonly min?: number
  readonly max?: number
  readonly integer?: boolean
}

/**
 * Reads the fields of one mapping, reporting each wrong one with its path; `done` reports the fields nobody asked for.
 * Getters give undefined for what is missing and for what is wrong (the report then has the error).
 */
export class Reader {
  readonly path: string
  readonly report: Report
  readonly #fields: Record<string, unknown>
  readonly #asked = new Set<string>()

  constructor(value: unknown, path: string, report: Report) {
    this.path = path
    this.report = report
    if (isMapping(value)) this.#fields = value
    else {
      this.#fields = {}
      if (value !== undefined && value !== null) report.error(path, `must be a mapping, is ${describe(value)}`)
    }
  }

  at(field: string): string {
    return this.path ? `${this.path}.${field}` : field
  }

  has(field: string): boolean {
    return this.#fields[field] !== undefined && this.#fields[field] !== null
  }

  any(field: string): unknown {
    this.#asked.add(field)
    return this.#fields[field] ?? undefined
  }

  error(field: string, message: string): void {
    this.report.error(this.at(field), message)
  }

  /** Reports the field as missing unless it is there. */
  require(field: string, why = 'is required'): void {
    if (!this.has(field)) this.report.error(this.at(field), why, 'ISM2002')
  }

  /** Text on one line: nothing of Istio's or Envoy's has a use for control characters. */
  string(field: string): string | undefined {
    const value = this.lines(field)
    if (value === undefined || !hasControls(value)) return value
    this.error(field, hasControlsProblem)
    return undefined
  }

  /** Text that may have several lines. */
  lines(field: string): string | undefined {
    return this.#typed<string>(field, 'text', v => typeof v === 'string')
  }

  /** Text that must be there and not empty; '' where it is not (reported). */
  text(field: string): string {
    const value = this.string(field)
    if (!this.has(field) || value === '') this.report.error(this.at(field), 'is required', 'ISM2002')
    return value ?? ''
  }

  bool(field: string): boolean | undefined {
    return this.#typed<boolean>(field, 'true or false', v => typeof v === 'boolean')
  }

  number(field: string, range: Range = {}): number | undefined {
    const value = this.#typed<number>(field, 'a number', v => typeof v === 'number' && Number.isFinite(v))
    if (value === undefined) return undefined
    const { min = 0, max = 4294967295, integer = true } = range
    if (integer && !Number.isInteger(value)) this.error(field, `must be a whole number, is ${value}`)
    else if (value < min || value > max) this.error(field, `must be from ${min} to ${max}, is ${value}`)
    else return value
    return undefined
  }

  port(field: string): number | undefined {
    return this.number(field, { min: 1, max: 65535 })
  }

  /** Milliseconds. */
  duration(field: string, minMs = 0): number | undefined {
    const value = this.string(field)
    if (value === undefined) return undefined
    const ms = parseDuration(value)
    if (ms === undefined) this.error(field, `must be a duration such as 1s or 500ms, is "${value}"`)
    else if (ms < minMs) this.error(field, `must be at least ${minMs} ms, is ${value}`)
    else if (ms > maxDurationMs) this.error(field, `must be at most 100 years, is ${value}`)
    else return ms
    return undefined
  }

  choice<const T extends string>(field: string, allowed: readonly T[]): T | undefined {
    const value = this.string(field)
    if (value === undefined) return undefined
    if ((allowed as readonly string[]).includes(value)) return value as T
    this.error(field, `must be one of ${allowed.join(', ')}, is ${value}`)
    return undefined
  }

  strings(field: string): readonly string[] {
    const list = this.any(field)
    if (list === undefined) return []
    if (!Array.isArray(list)) {
      this.error(field, `must be a list, is ${describe(list)}`)
      return []
    }
    const good = list.filter((v, i) => {
      if (typeof v !== 'string') this.report.error(`${this.at(field)}[${i}]`, `must be text, is ${describe(v)}`)
      else if (hasControls(v)) this.report.error(`${this.at(field)}[${i}]`, hasControlsProblem)
      return typeof v === 'string'
    })
    // The object's own where nothing in it is wrong, since there are many.
    return good.length === list.length ? list : good
  }

  /** A mapping of text to text (labels): the object's own where nothing in it is wrong, since there are many. */
  map(field: string): Readonly<Record<string, string>> {
    const value = this.any(field)
    if (value === undefined) return nothing
    if (!isMapping(value)) {
      this.error(field, `must be a mapping, is ${describe(value)}`)
      return {}
    }
    const map: Record<string, string> = {}
    const entries = Object.entries(value)
    if (entries.every(([k, v]) => typeof v === 'string' && !hasControls(k) && !hasControls(v)))
      return value as Record<string, string>
    for (const [k, v] of entries) {
      if (typeof v === 'string') {
        if (hasControls(k) || hasControls(v)) this.report.error(`${this.at(field)}.${k}`, hasControlsProblem)
        map[k] = v
      } else this.report.error(`${this.at(field)}.${k}`, `must be text, is ${describe(v)} (quote it?)`)
    }
    return map
  }

  /** Mapping of text to whole numbers. */
  numbers(field: string, range: Range = {}): Readonly<Record<string, number>> {
    const child = this.child(field)
    if (!child) return nothing
    const map: Record<string, number> = {}
    for (const key of child.keys) {
      const n = child.number(key, range)
      if (n !== undefined) map[key] = n
    }
    return map
  }

  get keys(): string[] {
    return Object.keys(this.#fields)
  }

  child(field: string): Reader | undefined {
    const value = this.any(field)
    return value === undefined ? undefined : new Reader(value, this.at(field), this.report)
  }

  /** Reads the mapping in `field` with `read`, then reports what `read` did not ask for. */
  in<T>(field: string, read: (child: Reader) => T): T | undefined {
    const child = this.child(field)
    if (!child) return undefined
    const value = read(child)
    child.done()
    return value
  }

  /** The same for each mapping of a list. */
  each<T>(field: string, read: (child: Reader, index: number) => T): T[] {
    const list = this.any(field)
    if (list === undefined) return []
    if (!Array.isArray(list)) {
      this.error(field, `must be a list, is ${describe(list)}`)
      return []
    }
    return list.map((value, i) => {
      const path = `${this.at(field)}[${i}]`
      if (value === null || value === undefined) this.report.error(path, 'is empty')
      const child = new Reader(value, path, this.report)
      const got = read(child, i)
      child.done()
      return got
    })
  }

  /** A field that is known but not honoured: warns where it is set. */
  ignore(field: string, why = 'is not honoured here'): void {
    if (this.any(field) !== undefined) this.report.warn(this.at(field), why)
  }

  /** Warns of each field nobody asked for. */
  done(): void {
    for (const field of Object.keys(this.#fields)) {
      if (!this.#asked.has(field)) this.report.warn(this.at(field), 'is not known, or not honoured here')
    }
  }

  #typed<T>(field: string, what: string, is: (v: unknown) => boolean): T | undefined {
    const value = this.any(field)
    if (value === undefined) return undefined
    if (is(value)) return value as T
    this.error(field, `must be ${what}, is ${describe(value)}`)
    return undefined
  }
}

const nothing: Readonly<Record<string, never>> = Object.freeze({})

const hasControlsProblem = 'must not hold control characters or line ends'

function hasControls(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are looked for
  return /[\x00-\x08\x0a-\x1f\x7f]/.test(text)
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return typeof value === 'string' ? `the text "${value}"` : `${typeof value} ${String(value)}`
}
