import { ConfigSchema as StatsAccessLogSchema } from '@isthmus/envoy-api/envoy/extensions/access_loggers/stats/v3/stats'
import { StdoutAccessLogSchema } from '@isthmus/envoy-api/envoy/extensions/access_loggers/stream/v3/stream'
import { CorsPolicySchema, CorsSchema } from '@isthmus/envoy-api/envoy/extensions/filters/http/cors/v3/cors'
import { HTTPFaultSchema } from '@isthmus/envoy-api/envoy/extensions/filters/http/fault/v3/fault'
import { GrpcWebSchema } from '@isthmus/envoy-api/envoy/extensions/filters/http/grpc_web/v3/grpc_web'
import { RouterSchema } from '@isthmus/envoy-api/envoy/extensions/filters/http/router/v3/router'
import { HttpInspectorSchema } from '@isthmus/envoy-api/envoy/extensions/filters/listener/http_inspector/v3/http_inspector'
import { OriginalDstSchema } from '@isthmus/envoy-api/envoy/extensions/filters/listener/original_dst/v3/original_dst'
import { TlsInspectorSchema } from '@isthmus/envoy-api/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector'
import { HttpConnectionManagerSchema } from '@isthmus/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager'
import { TcpProxySchema } from '@isthmus/envoy-api/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy'
import { PreviousHostsPredicateSchema } from '@isthmus/envoy-api/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts'
import { PreviousPrioritiesConfigSchema } from '@isthmus/envoy-api/envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config'
import {
  DownstreamTlsContextSchema,
  UpstreamTlsContextSchema,
} from '@isthmus/envoy-api/envoy/extensions/transport_sockets/tls/v3/tls'

/** Every message that translation packs into an Any: the tests read them as JSON. */
export const anySchemas = [
  StatsAccessLogSchema,
  StdoutAccessLogSchema,
  CorsSchema,
  CorsPolicySchema,
  HTTPFaultSchema,
  GrpcWebSchema,
  RouterSchema,
  HttpInspectorSchema,
  OriginalDstSchema,
  TlsInspectorSchema,
  HttpConnectionManagerSchema,
  TcpProxySchema,
  PreviousHostsPredicateSchema,
  PreviousPrioritiesConfigSchema,
  DownstreamTlsContextSchema,
  UpstreamTlsContextSchema,
]
