/* What RE2, Envoy's engine for regular expressions, takes (github.com/google/re2/wiki/Syntax). */

/** RE2's own limit on a repetition, and on the product of nested ones. */
const maxRepeat = 1000
/** Proxies take programs of this size (`re2.max_program_size.error_level` of their bootstrap). */
const maxProgram = 32_768
/** Instructions of one character out of a large Unicode class, about. */
const unicodeClass = 400

const categories = /^(C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?|Any)$/
const shortScripts = /^(Cham|Han|Lao|Lisu|Nko|Thai|Vai|Yi)$/
const posix = /^\[:\^?(alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/

/** What of a part the limits depend on. */
interface Part {
  readonly size: number
  /** Largest product of repetitions within it. */
  readonly repeat: number
}

/** Why RE2 does not take a pattern; undefined where it does. */
export function re2Problem(pattern: string): string | undefined {
  try {
    const { size } = new Parser(pattern).whole()
    return size > maxProgram ? 'it is too large' : undefined
  } catch (error) {
    if (error instanceof Wrong) return error.message
    throw error
  }
}

class Wrong extends Error {}

class Parser {
  readonly #chars: readonly string[]
  readonly #names = new Set<string>()
  #at = 0
  #depth = 0

  constructor(pattern: string) {
    this.#chars = [...pattern]
  }

  whole(): Part {
    const part = this.#alternatives()
    if (this.#at < this.#chars.length) throw new Wrong('it has a ) too many')
    return part
  }

  #alternatives(): Part {
    if (++this.#depth > maxRepeat) throw new Wrong('its groups are nested too deep')
    let [size, repeat] = [0, 1]
    let last: Part | undefined
    while (this.#at < this.#chars.length && this.#peek() !== ')') {
      if (this.#take('|')) {
        last = undefined
        size++
        continue
      }
      const times = this.#repetition()
      if (times === undefined) {
        last = this.#atom()
        if (last) size += last.size
      } else {
        if (!last) throw new Wrong(`there is nothing to repeat at position ${this.#at}`)
        const product = last.repeat * Math.max(times, 1)
        if (product > maxRepeat) throw new Wrong(`it repeats more than ${maxRepeat} times`)
        size += last.size * Math.max(times - 1, 1)
        last = { size: last.size * Math.max(times, 1), repeat: product }
        this.#take('?')
        if (this.#repetition() !== undefined) throw new Wrong('it repeats a repetition')
      }
      if (last) repeat = Math.max(repeat, last.repeat)
    }
    this.#depth--
    return { size: size + 1, repeat }
  }

  /** How often at most, as far as it is counted; undefined where there is no repetition here. */
  #repetition(): number | undefined {
    if (this.#take('*') || this.#take('+') || this.#take('?')) return 1
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.#rest(16))
    if (!counted) return undefined
    this.#at += counted[0].length
    const low = Number(counted[1])
    const high = counted[3] ? Number(counted[3]) : low
    if (low > maxRepeat || high > maxRepeat) throw new Wrong(`it repeats more than ${maxRepeat} times`)
    if (high < low) throw new Wrong(`the repetition ${counted[0]} is upside down`)
    return high
  }

  /** Undefined for flags, which cannot be repeated. */
  #atom(): Part | undefined {
    const c = this.#next()
    if (c === '(') return this.#group()
    if (c === '[') return this.#set()
    if (c === '\\') return this.#escape()
    return { size: c === '.' ? 12 : Buffer.byteLength(c), repeat: 1 }
  }

  #group(): Part | undefined {
    if (this.#take('?')) {
      const named = /^P?<([^>]*)>/.exec(this.#rest(200))
      const flags = /^[imsU]*(-[imsU]+)?([:)])/.exec(this.#rest(20))
      if (named) {
        this.#at += named[0].length
        const name = named[1] ?? ''
        if (!/^\w+$/.test(name)) throw new Wrong(`a group is named "${name}"`)
        if (this.#names.has(name)) throw new Wrong(`two groups are named ${name}`)
        this.#names.add(name)
      } else if (flags && flags[0] !== ')') {
        this.#at += flags[0].length
        if (flags[2] === ')') return undefined
      } else throw new Wrong(`(?${this.#rest(2)} is not known: RE2 has no look-around and no back references`)
    }
    const inner = this.#alternatives()
    if (!this.#take(')')) throw new Wrong('a ) is missing')
    return { size: inner.size + 2, repeat: inner.repeat }
  }

  #escape(): Part {
    const c = this.#next('it ends with \\')
    if (c === 'Q') {
      const rest = this.#chars.slice(this.#at).join('')
      const end = rest.indexOf('\\E')
      const quoted = end < 0 ? rest : rest.slice(0, end)
      this.#at += [...quoted].length + (end < 0 ? 0 : 2)
      return { size: Buffer.byteLength(quoted), repeat: 1 }
    }
    if ('dDsSwW'.includes(c)) return { size: 12, repeat: 1 }
    if ('bBAzC'.includes(c)) return { size: 1, repeat: 1 }
    return this.#character(c)
  }

  /** An escape that stands for a character, or for a Unicode class. */
  #character(c: string): Part {
    if (c === 'p' || c === 'P') return this.#unicode()
    const octal = /^(0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(c + this.#rest(2))
    const hex = c === 'x' ? /^([0-9A-Fa-f]{2}|\{[0-9A-Fa-f]+\})/.exec(this.#rest(12)) : null
    if (octal) this.#at += octal[0].length - 1
    else if (hex) {
      this.#at += hex[0].length
      if (Number.parseInt(hex[0].replace('{', ''), 16) > 0x10ffff) throw new Wrong(`\\x${hex[0]} is no character`)
    } else if (!'afnrtv'.includes(c) && !(c <= '\x7f' && /\W/.test(c))) throw new Wrong(`\\${c} is not known`)
    return { size: 4, repeat: 1 }
  }

  #unicode(): Part {
    const c = this.#next('it ends within \\p')
    let name = c
    if (c === '{') {
      const end = this.#chars.indexOf('}', this.#at)
      if (end < 0) throw new Wrong('a } is missing')
      name = this.#chars.slice(this.#at, end).join('').replace(/^\^/, '')
      this.#at = end + 1
    }
    if (!categories.test(name) && !isScript(name)) throw new Wrong(`\\p{${name}} is not known`)
    return { size: unicodeClass, repeat: 1 }
  }

  #set(): Part {
    this.#take('^')
    let size = 12
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.#at >= this.#chars.length) throw new Wrong('a ] is missing')
      if (this.#rest(2) === '[:') {
        const named = posix.exec(this.#rest(14))
        // Without its end it is two characters like others.
        if (
          !named &&
          this.#chars
            .slice(this.#at + 2)
            .join('')
            .includes(':]')
        )
          throw new Wrong('a [:class:] is not known')
        if (named) {
          this.#at += named[0].length
          continue
        }
      }
      if (this.#peek() === '\\' && 'dDsSwWpP'.includes(this.#chars[this.#at + 1] ?? '\\')) {
        this.#at++
        size += this.#escape().size
        continue
      }
      const low = this.#member()
      if (this.#peek() !== '-' || this.#chars[this.#at + 1] === ']' || this.#at + 1 >= this.#chars.length) continue
      this.#at++
      const high = this.#member()
      if (low !== undefined && high !== undefined && high < low) throw new Wrong('a range in [] is upside down')
    }
    this.#at++
    return { size, repeat: 1 }
  }

  /** Code point of one member of a set; undefined for an escape whose value nobody needs. */
  #member(): number | undefined {
    const c = this.#next('a ] is missing')
    if (c !== '\\') return c.codePointAt(0)
    const escaped = this.#next('it ends with \\')
    if ('dDsSwWpP'.includes(escaped)) throw new Wrong(`\\${escaped} cannot end a range`)
    this.#character(escaped)
    return /^[\W_]$/.test(escaped) ? escaped.codePointAt(0) : undefined
  }

  #peek(): string | undefined {
    return this.#chars[this.#at]
  }

  #rest(length: number): string {
    return this.#chars.slice(this.#at, this.#at + length).join('')
  }

  #take(c: string): boolean {
    if (this.#peek() !== c) return false
    this.#at++
    return true
  }

  #next(missing = 'it ends too early'): string {
    const c = this.#peek()
    if (c === undefined) throw new Wrong(missing)
    this.#at++
    return c
  }
}

function isScript(name: string): boolean {
  if (!/^[A-Z][A-Za-z_]+$/.test(name) || (name.length < 5 && !shortScripts.test(name))) return false
  try {
    new RegExp(`\\p{Script=${name}}`, 'u')
    return true
  } catch {
    return false
  }
}
