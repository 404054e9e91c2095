import { CorsSchema } from '@isthmus/envoy-api/envoy/extensions/filters/http/cors/v3/cors'
import { HTTPFaultSchema } from '@isthmus/envoy-api/envoy/extensions/filters/http/fault/v3/fault'
import { GrpcWebSchema } from '@isthmus/envoy-api/envoy/extensions/filters/http/grpc_web/v3/grpc_web'
import { RouterSchema } from '@isthmus/envoy-api/envoy/extensions/filters/http/router/v3/router'
import {
  HttpConnectionManager_ForwardClientCertDetails as ForwardClientCert,
  HttpConnectionManagerSchema,
} from '@isthmus/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager'
import { accessLog } from './access-log.ts'
import { ads } from './config-source.ts'
import { corsFilter } from './cors.ts'
import { duration } from './duration.ts'
import { faultFilter } from './fault.ts'
import { filter } from './pack.ts'
import { type MetricsPlace, requestMetrics } from './request-metrics.ts'
import type { Init } from './translated.ts'

type Manager = Init<typeof HttpConnectionManagerSchema>

export interface HttpOptions {
  readonly place: 'outbound' | 'inbound' | 'gateway'
  readonly statPrefix: string
  /** A route configuration's name, or the configuration itself. */
  readonly routes: string | (Manager['routeSpecifier'] & { case: 'routeConfig' })
  readonly grpcWeb?: boolean
  /** Counts requests with Istio's labels; undefined: not here. */
  readonly metrics?: MetricsPlace
}

// Made once: every listener holds them.
const grpcWeb = filter('envoy.filters.http.grpc_web', GrpcWebSchema, {})
const faults = filter(faultFilter, HTTPFaultSchema, {})
const cors = filter(corsFilter, CorsSchema, {})
const router = filter('envoy.filters.http.router', RouterSchema, {})

/** The HTTP filter of a filter chain. */
export function httpConnectionManager(o: HttpOptions) {
  const gateway = o.place === 'gateway'
  return filter('envoy.filters.network.http_connection_manager', HttpConnectionManagerSchema, {
    statPrefix: o.statPrefix,
    routeSpecifier:
      typeof o.routes === 'string'
        ? { case: 'rds', value: { configSource: ads(), routeConfigName: o.routes } }
        : o.routes,
    httpFilters: [...(o.grpcWeb ? [grpcWeb] : []), ...(o.place === 'inbound' ? [] : [faults, cors]), router],
    serverName: 'istio-envoy',
    // At the edge the peer is the client; inside, X-Forwarded-For is taken from whom it comes.
    useRemoteAddress: gateway,
    forwardClientCertDetails: gateway ? ForwardClientCert.SANITIZE : ForwardClientCert.FORWARD_ONLY,
    generateRequestId: true,
    normalizePath: true,
    mergeSlashes: true,
    upgradeConfigs: [{ upgradeType: 'websocket' }],
    // Long-lived quiet streams are ended by nobody here; timeouts are the routes'.
    streamIdleTimeout: duration(0),
    accessLog: [...(gateway ? [accessLog('http')] : []), ...(o.metrics ? [requestMetrics(o.metrics)] : [])],
  })
}
