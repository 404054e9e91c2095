import type { Any } from '@bufbuild/protobuf/wkt'
import { HttpProtocolOptionsSchema } from '@isthmus/envoy-api/envoy/extensions/upstreams/http/v3/http_protocol_options'
import type { ConnectionPool, Protocol } from '../model/index.ts'
import { optionalDuration } from './duration.ts'
import { pack } from './pack.ts'
import { isHttp, isHttp2 } from './protocol.ts'
import type { Init } from './translated.ts'

type Options = Init<typeof HttpProtocolOptionsSchema>

const key = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'

/** What a cluster speaks upstream. Nothing for ports that are not HTTP. */
export function protocolOptions(
  protocol: Protocol,
  pool: ConnectionPool | undefined,
  autoSni = false,
): Readonly<Record<string, Any>> {
  if (!isHttp(protocol)) return {}
  if (!pool && !autoSni) return isHttp2(protocol) ? plainHttp2() : plainHttp1()
  return options(protocol, pool, autoSni)
}

function options(protocol: Protocol, pool: ConnectionPool | undefined, autoSni: boolean) {
  const http = pool?.http
  const http2ProtocolOptions =
    http?.maxConcurrentStreams === undefined ? {} : { maxConcurrentStreams: http.maxConcurrentStreams }
  const upgraded = isHttp2(protocol) || http?.h2UpgradePolicy === 'UPGRADE'
  return packed({
    commonHttpProtocolOptions: commonOptions(pool),
    upstreamHttpProtocolOptions: autoSni ? { autoSni: true, autoSanValidation: true } : undefined,
    upstreamProtocolOptions: http?.useClientProtocol
      ? { case: 'useDownstreamProtocolConfig', value: { httpProtocolOptions: {}, http2ProtocolOptions } }
      : {
          case: 'explicitHttpConfig',
          value: {
            protocolConfig: upgraded
              ? { case: 'http2ProtocolOptions', value: http2ProtocolOptions }
              : { case: 'httpProtocolOptions', value: {} },
          },
        },
  })
}

// What most clusters have, made once.
const plainHttp1 = once(() => options('HTTP', undefined, false))
const plainHttp2 = once(() => options('HTTP2', undefined, false))

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

/** For clusters that take what comes: passthrough. */
export function downstreamProtocol(): Readonly<Record<string, Any>> {
  return packed({
    upstreamProtocolOptions: {
      case: 'useDownstreamProtocolConfig',
      value: { httpProtocolOptions: {}, http2ProtocolOptions: {} },
    },
  })
}

function commonOptions(pool: ConnectionPool | undefined): Options['commonHttpProtocolOptions'] {
  const perConnection = pool?.http?.maxRequestsPerConnection
  if (!perConnection && pool?.http?.idleTimeoutMs === undefined && pool?.tcp?.maxConnectionDurationMs === undefined)
    return undefined
  return {
    idleTimeout: optionalDuration(pool.http?.idleTimeoutMs),
    maxConnectionDuration: optionalDuration(pool.tcp?.maxConnectionDurationMs),
    // 0 is Istio's "no limit".
    maxRequestsPerConnection: perConnection || undefined,
  }
}

function packed(options: Options): Readonly<Record<string, Any>> {
  return { [key]: pack(HttpProtocolOptionsSchema, options) }
}
