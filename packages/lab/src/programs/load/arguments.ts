import { parseArgs } from 'node:util'
import type { LoadOptions } from './load.ts'

export const usage =
  'usage: load [--rate N] [--duration SECONDS] [--timeout SECONDS] [--method M] [-H "NAME: VALUE"]… [--home REGION] [--serve PORT] URL'

export interface LoadArguments {
  readonly load: LoadOptions
  /** Port on which `GET /summary` gives the summary so far. */
  readonly servePort?: number
}

/** Reads the command line (or `URL`, `RATE`, `DURATION` of the environment); throws with one line saying what is wrong. */
export function parseArguments(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): LoadArguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      rate: { type: 'string', default: env.RATE || '10' },
      duration: { type: 'string', default: env.DURATION },
      timeout: { type: 'string', default: '10' },
      method: { type: 'string', default: 'GET' },
      header: { type: 'string', short: 'H', multiple: true, default: [] },
      home: { type: 'string', default: env.REGION || undefined },
      serve: { type: 'string' },
    },
  })
  const url = positionals[0] ?? env.URL
  if (!url || !URL.canParse(url) || !url.startsWith('http:'))
    throw new Error(`a URL beginning with http: is needed\n${usage}`)
  return {
    load: {
      url,
      rate: positive('--rate', values.rate),
      durationMs: values.duration === undefined ? undefined : positive('--duration', values.duration) * 1000,
      timeoutMs: positive('--timeout', values.timeout) * 1000,
      method: values.method,
      headers: Object.fromEntries(values.header.map(parseHeader)),
      home: values.home,
    },
    servePort: values.serve === undefined ? undefined : positive('--serve', values.serve),
  }
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`${name} is a number above 0, not "${text}"`)
  return value
}

function parseHeader(text: string): [string, string] {
  const at = text.indexOf(':')
  if (at < 1) throw new Error(`a header is "NAME: VALUE", not "${text}"`)
  return [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()]
}
