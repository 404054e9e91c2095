import { parseArgs } from 'node:util'

export interface CurlArguments {
  readonly urls: readonly string[]
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** `-o`: a file, or undefined for standard output. */
  readonly output?: string
  readonly writeOut?: string
  readonly silent: boolean
  readonly showError: boolean
  /** `-i` and `-I`. */
  readonly includeHeaders: boolean
  readonly verbose: boolean
  /** `-f`: a status of 400 or above is an error (exit code 22). */
  readonly fail: boolean
  readonly follow: boolean
  readonly insecure: boolean
  readonly maxTimeMs?: number
  readonly connectTimeoutMs?: number
}

const flag = { type: 'boolean', default: false } as const

/** The options of curl that people use against a service; others are refused by name. */
export function parseCurl(argv: readonly string[]): CurlArguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      request: { type: 'string', short: 'X' },
      header: { type: 'string', short: 'H', multiple: true, default: [] },
      data: { type: 'string', short: 'd', multiple: true, default: [] },
      output: { type: 'string', short: 'o' },
      'write-out': { type: 'string', short: 'w' },
      'max-time': { type: 'string', short: 'm' },
      'connect-timeout': { type: 'string' },
      'user-agent': { type: 'string', short: 'A' },
      silent: { ...flag, short: 's' },
      'show-error': { ...flag, short: 'S' },
      include: { ...flag, short: 'i' },
      head: { ...flag, short: 'I' },
      verbose: { ...flag, short: 'v' },
      fail: { ...flag, short: 'f' },
      location: { ...flag, short: 'L' },
      insecure: { ...flag, short: 'k' },
    },
  })
  if (positionals.length === 0) throw new Error('no URL specified')
  const body = values.data.length > 0 ? values.data.join('&') : undefined
  return {
    urls: positionals.map(url => (/^https?:\/\//.test(url) ? url : `http://${url}`)),
    method: values.request ?? (values.head ? 'HEAD' : body === undefined ? 'GET' : 'POST'),
    headers: {
      accept: '*/*',
      'user-agent': values['user-agent'] ?? 'curl/lab',
      ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...Object.fromEntries(values.header.map(splitHeader)),
    },
    body,
    output: values.output,
    writeOut: values['write-out'],
    silent: values.silent,
    showError: values['show-error'],
    includeHeaders: values.include || values.head,
    verbose: values.verbose,
    fail: values.fail,
    follow: values.location,
    insecure: values.insecure,
    maxTimeMs: seconds(values['max-time']),
    connectTimeoutMs: seconds(values['connect-timeout']),
  }
}

function splitHeader(text: string): [string, string] {
  const at = text.indexOf(':')
  if (at < 1) throw new Error(`a header is "NAME: VALUE", not "${text}"`)
  return [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()]
}

function seconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!(value > 0)) throw new Error(`a time is a number of seconds above 0, not "${text}"`)
  return value * 1000
}

/** `-w`: `%{http_code}` and its like, `\n` and `\t`. */
export function writeOut(format: string, values: Readonly<Record<string, string>>): string {
  return format
    .replace(/%\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
    .replace(/\\([ntr])/g, (_, letter: string) => ({ n: '\n', t: '\t', r: '\r' })[letter] ?? '')
}
