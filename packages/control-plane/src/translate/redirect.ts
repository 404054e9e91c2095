import {
  RedirectAction_RedirectResponseCode as Code,
  type RedirectActionSchema,
} from '@isthmus/envoy-api/envoy/config/route/v3/route_components'
import type { HttpRoute } from '../model/index.ts'
import type { Init } from './translated.ts'

const codes: Readonly<Record<number, Code>> = {
  301: Code.MOVED_PERMANENTLY,
  302: Code.FOUND,
  303: Code.SEE_OTHER,
  307: Code.TEMPORARY_REDIRECT,
  308: Code.PERMANENT_REDIRECT,
}

/** `scheme` is that of the listener: derivePort FROM_PROTOCOL_DEFAULT needs it. */
export function redirect(
  r: NonNullable<HttpRoute['redirect']>,
  scheme: 'http' | 'https',
): Init<typeof RedirectActionSchema> {
  const prefix = '%PREFIX()%'
  const derived = r.derivePort === 'FROM_PROTOCOL_DEFAULT' ? ((r.scheme ?? scheme) === 'https' ? 443 : 80) : 0
  return {
    hostRedirect: r.authority ?? '',
    portRedirect: r.port ?? derived,
    schemeRewriteSpecifier: r.scheme ? { case: 'schemeRedirect', value: r.scheme } : undefined,
    pathRewriteSpecifier: !r.uri
      ? undefined
      : r.uri.startsWith(prefix)
        ? { case: 'prefixRewrite', value: r.uri.slice(prefix.length) }
        : { case: 'pathRedirect', value: r.uri },
    responseCode: codes[r.redirectCode] ?? Code.MOVED_PERMANENTLY,
  }
}
