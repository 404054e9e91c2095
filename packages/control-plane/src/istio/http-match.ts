import type { HttpMatch, StringMatch } from '../model/index.ts'
import { matchedHeaderProblem } from './header-format.ts'
import { resolveGateway } from './names.ts'
import { re2Problem } from './re2.ts'
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
    headers: readMatches(match, 'headers', matchedHeaderProblem),
    withoutHeaders: readMatches(match, 'withoutHeaders', matchedHeaderProblem),
    queryParams: readMatches(match, 'queryParams', parameterProblem),
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
    if (kind !== 'exact' && value === '') match.error(kind, 'must not be empty')
    const problem = kind === 'regex' ? re2Problem(value) : undefined
    if (problem) match.error('regex', `is not a regular expression RE2 takes (${problem}): ${value}`)
    return { kind, value }
  }
  return undefined
}

/** A header or query parameter given without a match must only be present. */
function readMatches(
  reader: Reader,
  field: string,
  nameProblem: (name: string) => string | undefined,
): Readonly<Record<string, StringMatch | null>> {
  const child = reader.child(field)
  const made: Record<string, StringMatch | null> = {}
  for (const name of child?.keys ?? []) {
    const problem = nameProblem(name)
    if (problem) reader.error(field, problem)
    const value = child?.any(name)
    const empty =
      value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
    made[name] = empty ? null : (child?.in(name, readStringMatch) ?? null)
  }
  return made
}

function parameterProblem(name: string): string | undefined {
  return name === '' || name.length > 1024 ? 'the name of a query parameter has 1 to 1024 characters' : undefined
}
