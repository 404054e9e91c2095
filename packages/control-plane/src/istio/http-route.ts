import type { HttpRoute } from '../model/index.ts'
import { parseHttpMatch, readStringMatch } from './http-match.ts'
import { re2Problem } from './re2.ts'
import type { Reader } from './reader.ts'
import type { RuleBeingRead } from './rule.ts'
import { checkWeights, readDestination, readHeaders, readWeighted } from './weighted.ts'

/** One `http` route. @param delegated it hands over to another VirtualService, so it has no destination of its own */
export function parseHttpRoute(route: Reader, rule: RuleBeingRead, delegated: boolean): HttpRoute {
  const match = route.each('match', m => parseHttpMatch(m, rule))
  const weighted = route.each('route', r => readWeighted(r, rule, { headers: true }))
  checkWeights(route, weighted)
  const redirect = route.in('redirect', readRedirect)
  const directResponse = route.in('directResponse', readDirectResponse)
  const answers = [weighted.length > 0, redirect, directResponse, delegated].filter(Boolean).length
  if (answers === 0) route.report.error(route.path, 'needs route, redirect, directResponse or delegate', 'ISM2002')
  if (answers > 1) route.report.error(route.path, 'has more than one of route, redirect, directResponse and delegate')
  return {
    name: route.string('name'),
    match,
    route: weighted,
    redirect,
    directResponse,
    rewrite: route.in('rewrite', readRewrite),
    timeoutMs: route.duration('timeout'),
    retries: route.in('retries', readRetries),
    fault: route.in('fault', readFault),
    mirrors: readMirrors(route, rule),
    corsPolicy: route.in('corsPolicy', readCors),
    ...readHeaders(route),
  }
}

function readRedirect(redirect: Reader): NonNullable<HttpRoute['redirect']> {
  const code = redirect.number('redirectCode')
  if (code !== undefined && ![301, 302, 303, 307, 308].includes(code))
    redirect.error('redirectCode', `must be 301, 302, 303, 307 or 308, is ${code}`)
  return {
    uri: redirect.string('uri'),
    authority: redirect.string('authority'),
    port: redirect.port('port'),
    derivePort: redirect.choice('derivePort', ['FROM_PROTOCOL_DEFAULT', 'FROM_REQUEST_PORT']),
    scheme: redirect.string('scheme'),
    redirectCode: code ?? 301,
  }
}

/** Envoy's limit on the body of a direct response. */
const maxBodyBytes = 4096

function readDirectResponse(response: Reader): NonNullable<HttpRoute['directResponse']> {
  response.require('status')
  const status = response.number('status', { min: 200, max: 599 }) ?? 0
  const body = response.in('body', b => {
    const text = b.lines('string')
    const bytes = b.string('bytes')
    const made = text ?? (bytes === undefined ? undefined : Buffer.from(bytes, 'base64').toString('utf8'))
    if (Buffer.byteLength(made ?? '') > maxBodyBytes)
      b.report.error(b.path, `must not be longer than ${maxBodyBytes} bytes`)
    return made
  })
  return { status, body }
}

function readRewrite(rewrite: Reader): NonNullable<HttpRoute['rewrite']> {
  const made = {
    uri: rewrite.string('uri'),
    authority: rewrite.string('authority'),
    uriRegexRewrite: rewrite.in('uriRegexRewrite', r => {
      const match = r.text('match')
      const problem = re2Problem(match)
      if (problem) r.error('match', `is not a regular expression RE2 takes (${problem}): ${match}`)
      return { match, rewrite: r.text('rewrite') }
    }),
  }
  if (made.uri !== undefined && made.uriRegexRewrite) rewrite.error('uriRegexRewrite', 'must not be there beside uri')
  return made
}

function readRetries(retries: Reader): NonNullable<HttpRoute['retries']> {
  retries.ignore('retryIgnorePreviousHosts', 'is not honoured here: another host is always tried')
  return {
    // Istio's default where the block is there without it.
    attempts: retries.number('attempts') ?? 2,
    perTryTimeoutMs: retries.duration('perTryTimeout', 1),
    retryOn: retries.string('retryOn'),
    retryRemoteLocalities: retries.bool('retryRemoteLocalities'),
    backoffMs: retries.duration('backoff', 1),
  }
}

function readFault(fault: Reader): NonNullable<HttpRoute['fault']> {
  const share = (f: Reader) => {
    const percent = f.number('percent', { max: 100 })
    return f.in('percentage', p => p.number('value', { max: 100, integer: false }) ?? 0) ?? percent ?? 100
  }
  return {
    delay: fault.in('delay', d => {
      d.require('fixedDelay')
      d.ignore('exponentialDelay')
      return { fixedDelayMs: d.duration('fixedDelay', 1) ?? 0, percentage: share(d) }
    }),
    abort: fault.in('abort', a => {
      if (!a.has('httpStatus') && !a.has('grpcStatus'))
        a.report.error(a.path, 'needs httpStatus or grpcStatus', 'ISM2002')
      a.ignore('http2Error')
      return {
        httpStatus: a.number('httpStatus', { min: 200, max: 599 }),
        grpcStatus: a.string('grpcStatus'),
        percentage: share(a),
      }
    }),
  }
}

/** `mirror` with `mirrorPercentage` (older `mirrorPercent`), and the list `mirrors`. */
function readMirrors(route: Reader, rule: RuleBeingRead): HttpRoute['mirrors'] {
  const value = (r: Reader) => r.number('value', { max: 100, integer: false })
  const whole = route.number('mirrorPercent', { max: 100 })
  const percentage = route.in('mirrorPercentage', value) ?? whole ?? 100
  const one = route.in('mirror', m => ({ destination: readDestination(m, rule), percentage }))
  const many = route.each('mirrors', m => {
    m.require('destination')
    return {
      destination: m.in('destination', d => readDestination(d, rule)) ?? { host: '' },
      percentage: m.in('percentage', value) ?? 100,
    }
  })
  return one ? [one, ...many] : many
}

function readCors(cors: Reader): NonNullable<HttpRoute['corsPolicy']> {
  // allowOrigin is the older spelling: exact names.
  const exact = cors.strings('allowOrigin').map(value => ({ kind: 'exact', value }) as const)
  cors.ignore('unmatchedPreflights')
  return {
    allowOrigins: [...exact, ...cors.each('allowOrigins', readStringMatch).filter(m => m !== undefined)],
    allowMethods: cors.strings('allowMethods'),
    allowHeaders: cors.strings('allowHeaders'),
    exposeHeaders: cors.strings('exposeHeaders'),
    maxAgeMs: cors.duration('maxAge'),
    allowCredentials: cors.bool('allowCredentials'),
  }
}
