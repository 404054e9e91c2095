import type { HttpMatch, StringMatch } from '../model/index.ts'
import { resolveGateway } from './names.ts'
import type { Reader } from './reader.ts'
import type { RuleBeingRead } from './rule.ts'

const matchKinds = ['exact', 'prefix', 'regex'] as const

export function parseHttpMatch(match: Reader, rule: RuleBeingRead): HttpMatch {
  match.ignore('statPrefix')
  return {
    name: match.string('name'),
    uri: match.in('uri', readStringMatch),
    ignoreUriCase: match.bool('ignoreUriCase'),
    scheme: match.in('scheme', readStringMatch),
    method: match.in('method', readStringMatch),
    authority: match.in('authority', readStringMatch),
    headers: readMatches(match, 'headers'),
    withoutHeaders: readMatches(match, 'withoutHeaders'),
    queryParams: readMatches(match, 'queryParams'),
    port: match.port('port'),
    sourceLabels: match.map('sourceLabels'),
    sourceNamespace: match.string('sourceNamespace'),
    gateways: match.strings('gateways').map(g => resolveGateway(g, rule.meta.namespace)),
  }
}

export function readStringMatch(match: Reader): StringMatch | undefined {
  const set = matchKinds.filter(k => match.has(k))
  if (set.length !== 1)
    match.report.error(match.path, `must have one of exact, prefix, regex; has ${set.join(' and ') || 'none'}`)
  for (const [kind, value] of set.map(k => [k, match.string(k)] as const)) {
    if (value === undefined) continue
    if (kind === 'prefix' && value === '') match.error('prefix', 'must not be empty')
    if (kind === 'regex' && !looksLikeRe2(value))
      match.error('regex', `is not a regular expression RE2 takes: ${value}`)
    return { kind, value }
  }
  return undefined
}

/** A header or query parameter given without a match must only be present. */
function readMatches(reader: Reader, field: string): Readonly<Record<string, StringMatch | null>> {
  const child = reader.child(field)
  const made: Record<string, StringMatch | null> = {}
  for (const name of child?.keys ?? []) {
    const value = child?.any(name)
    const empty =
      value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
    made[name] = empty ? null : (child?.in(name, readStringMatch) ?? null)
  }
  return made
}

/** RE2 has no look-around and no back references; the rest is near enough to JavaScript's to tell a broken one. */
export function looksLikeRe2(pattern: string): boolean {
  if (/\(\?<?[=!]|\\[1-9]/.test(pattern)) return false
  try {
    // RE2's flags and named groups are spelled otherwise.
    new RegExp(
      pattern
        .replaceAll('(?P<', '(?<')
        .replace(/\(\?[imsU]+(-[imsU]+)?(:|\))/g, (_m, _f, end) => (end === ':' ? '(?:' : '')),
    )
    return true
  } catch {
    return false
  }
}
