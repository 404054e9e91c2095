/**
 * Reads the plain YAML that most manifests are written in (block mappings and lists, one-line flow collections, simple
 * scalars) several times faster than the full parser. It is allowed to give up, never to differ: whatever is not plainly
 * plain (anchors, tags, block or multi-line scalars, comments after values, odd numbers) is left to the full parser.
 *
 * @returns the document's value in a box; undefined: use the full parser
 */
export function parsePlainYaml(text: string): { readonly value: unknown } | undefined {
  try {
    const lines = linesOf(text)
    if (lines.length === 0) return undefined
    const reader = new Plain(lines)
    const value = reader.block(lines[0]!.indent)
    return reader.done ? { value } : undefined
  } catch (error) {
    if (error === notPlain) return undefined
    throw error
  }
}

interface Line {
  readonly indent: number
  readonly text: string
}

/** Thrown to give up; one object, so that it costs no stack trace. */
const notPlain = new Error('not plain YAML')

function giveUp(): never {
  throw notPlain
}

function linesOf(text: string): Line[] {
  const lines: Line[] = []
  for (const raw of text.split('\n')) {
    const whole = raw.trimEnd()
    const body = whole.trimStart()
    if (body === '' || body.startsWith('#')) continue
    const indent = whole.length - body.length
    // Tabs, documents' ends and whatever is not ASCII text are for the full parser.
    if (!/^ *[ -~]*$/.test(whole) || (indent === 0 && /^(\.\.\.|---|%)/.test(body))) giveUp()
    lines.push({ indent, text: body })
  }
  return lines
}

const keyed = /^([A-Za-z_][A-Za-z0-9_./-]*):(?: +(.*))?$/
const words = new Map<string, unknown>([
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
])

class Plain {
  readonly #lines: Line[]
  #at = 0

  constructor(lines: Line[]) {
    this.#lines = lines
  }

  get done(): boolean {
    return this.#at === this.#lines.length
  }

  /** The mapping or list whose entries begin at this column. */
  block(indent: number): unknown {
    const line = this.#lines[this.#at]
    if (!line || line.indent !== indent) giveUp()
    return isItem(line.text) ? this.#list(indent) : this.#mapping(indent)
  }

  #mapping(indent: number): Record<string, unknown> {
    const mapping: Record<string, unknown> = {}
    for (;;) {
      const line = this.#lines[this.#at]
      if (!line || line.indent < indent) return mapping
      if (line.indent > indent || isItem(line.text)) giveUp()
      const [, key, rest] = keyed.exec(line.text) ?? giveUp()
      if (key === undefined || key in mapping || words.has(key)) giveUp()
      this.#at++
      mapping[key] = rest === undefined || rest === '' ? this.#below(indent) : scalarOrFlow(rest)
      // A deeper line after a value on the key's own line would carry that value on.
      if (rest && (this.#lines[this.#at]?.indent ?? 0) > indent) giveUp()
    }
  }

  /** What a key without a value on its line holds: a deeper block, a list at its own column, or nothing. */
  #below(indent: number): unknown {
    const next = this.#lines[this.#at]
    if (next && next.indent > indent) return this.block(next.indent)
    return next && next.indent === indent && isItem(next.text) ? this.#list(indent) : null
  }

  #list(indent: number): unknown[] {
    const list: unknown[] = []
    for (;;) {
      const line = this.#lines[this.#at]
      if (!line || line.indent < indent || (line.indent === indent && !isItem(line.text))) return list.slice()
      if (line.indent > indent) giveUp()
      const rest = line.text.slice(1).trimStart()
      const column = indent + line.text.length - rest.length
      if (rest === '') giveUp()
      if (isItem(rest) || keyed.test(rest)) {
        // `- key: value`: the item is a block that begins on this very line.
        this.#lines[this.#at] = { indent: column, text: rest }
        list.push(this.block(column))
        continue
      }
      this.#at++
      list.push(scalarOrFlow(rest))
      if ((this.#lines[this.#at]?.indent ?? 0) > indent) giveUp()
    }
  }
}

function isItem(text: string): boolean {
  return text === '-' || text.startsWith('- ')
}

function scalarOrFlow(text: string): unknown {
  const first = text[0]
  if (first !== '{' && first !== '[') return scalar(text)
  const flow = new Flow(text)
  const value = flow.value()
  return flow.done ? value : giveUp()
}

function scalar(text: string): unknown {
  if (text[0] === '"') return /^"[^"\\]*"$/.test(text) ? own(text.slice(1, -1)) : giveUp()
  if (text[0] === "'") return /^'[^']*'$/.test(text) ? own(text.slice(1, -1)) : giveUp()
  return plain(text)
}

/** Text without spaces; numbers only in the forms nobody can read otherwise. */
function plain(text: string): unknown {
  if (words.has(text)) return words.get(text)
  if (/^[A-Za-z_/][A-Za-z0-9_./:+*@=-]*$/.test(text) && !text.endsWith(':')) return own(text)
  if (/^(0|-?[1-9][0-9]{0,14})$/.test(text)) return Number(text)
  if (/^[0-9]{1,3}(\.[0-9]{1,3}){3}(\/[0-9]+)?$/.test(text) || /^[0-9]+(ms|s|m|h)$/.test(text)) return own(text)
  return giveUp()
}

/** Texts seen before: a file says the same locality, label and host many times. */
const seen = new Map<string, string>()
const mostSeen = 4096
/** Longer ones are hardly said twice. */
const longest = 64

/** The text as a string of its own, the same for equal ones: a part of a string would keep all of its file in memory. */
function own(text: string): string {
  const known = seen.get(text)
  if (known !== undefined) return known
  const copy = Buffer.from(text, 'latin1').toString('latin1')
  if (text.length > longest) return copy
  if (seen.size >= mostSeen) seen.clear()
  seen.set(copy, copy)
  return copy
}

/** A flow collection on one line: `{a: 1, b: [x, "y"]}`. */
class Flow {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get done(): boolean {
    return this.#at === this.#text.length
  }

  value(): unknown {
    const c = this.#text[this.#at]
    if (c === '{') return this.#mapping()
    if (c === '[') return this.#list()
    const [token] = this.#match(/"[^"\\]*"|'[^']*'|[A-Za-z0-9_./*+@=-]+/y)
    return scalar(token)
  }

  #mapping(): Record<string, unknown> {
    const mapping: Record<string, unknown> = {}
    this.#match(/\{ */y)
    while (this.#text[this.#at] !== '}') {
      const [, key] = this.#match(/([A-Za-z_][A-Za-z0-9_./-]*): +/y)
      if (key === undefined || key in mapping || words.has(key)) giveUp()
      mapping[key] = this.value()
      this.#match(/ *(, *(?=[^ }])|(?=\}))/y)
    }
    this.#at++
    return mapping
  }

  #list(): unknown[] {
    const list: unknown[] = []
    this.#match(/\[ */y)
    while (this.#text[this.#at] !== ']') {
      list.push(this.value())
      this.#match(/ *(, *(?=[^ \]])|(?=\]))/y)
    }
    this.#at++
    return list.slice()
  }

  #match(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text) ?? giveUp()
    this.#at = pattern.lastIndex
    return found
  }
}
