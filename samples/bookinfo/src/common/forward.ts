import type { IncomingHttpHeaders } from 'node:http'

/**
 * Headers handed on from a request to the calls it causes, as the known application does: a mesh needs the first to put
 * one request's spans and log lines together, and routes by the last ones (`end-user`, `user-agent`, a cookie, a token).
 */
const handedOn = [
  'x-request-id',
  'x-ot-span-context',
  'x-datadog-trace-id',
  'x-datadog-parent-id',
  'x-datadog-sampling-priority',
  'traceparent',
  'tracestate',
  'x-cloud-trace-context',
  'grpc-trace-bin',
  'b3',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
  'sw8',
  'end-user',
  'user-agent',
  'cookie',
  'authorization',
  'jwt',
] as const

export function forwardHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of handedOn) {
    const value = headers[name]
    if (typeof value === 'string') kept[name] = value
  }
  return kept
}
