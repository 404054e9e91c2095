import { isIP } from 'node:net'
import { IsthmusError } from '@isthmus/errors'
import { type BootstrapOptions, controlPlaneName, proxyPaths } from './options.ts'
import { rootCertificateFile, tokenSecretFile } from './trust-files.ts'

/** Splits `HOST:PORT` (`[HOST]:PORT` for IPv6). Throws ISM3110 when it is neither. */
export function parseAddress(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (!host || !(port > 0 && port < 65536)) throw new IsthmusError('ISM3110', `"${text}" is not HOST:PORT`)
  return { host, port }
}

/**
 * The connection to the control plane: gRPC over HTTP/2 and TLS. Keepalive notices a peer that went silent (a cut
 * between regions) within 40 s; the token is read through a file secret, so that it may change while the proxy runs.
 */
export function xdsCluster(o: BootstrapOptions) {
  const { host, port } = parseAddress(o.xdsAddress)
  const trust = o.trustPath ?? proxyPaths.trust
  return {
    name: 'xds-grpc',
    type: isIP(host) ? 'STATIC' : 'STRICT_DNS',
    ...(isIP(host) ? {} : { dns_lookup_family: 'V4_PREFERRED' }),
    connect_timeout: '5s',
    load_assignment: {
      cluster_name: 'xds-grpc',
      endpoints: [
        { lb_endpoints: [{ endpoint: { address: { socket_address: { address: host, port_value: port } } } }] },
      ],
    },
    circuit_breakers: { thresholds: [{ max_connections: 100000, max_pending_requests: 100000, max_requests: 100000 }] },
    upstream_connection_options: { tcp_keepalive: { keepalive_time: 30 } },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: {
          http2_protocol_options: { connection_keepalive: { interval: '30s', timeout: '10s' } },
        },
        ...(o.tls ? { http_filters: [tokenInjector(trust), upstreamCodec] } : {}),
      },
    },
    ...(o.tls ? { transport_socket: transportSocket(trust) } : {}),
  }
}

const upstreamCodec = {
  name: 'envoy.filters.http.upstream_codec',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec' },
}

/** Puts the pod's token on each new stream. gRPC initial metadata could not: it is fixed, and tokens rotate. */
function tokenInjector(trust: string) {
  return {
    name: 'envoy.filters.http.credential_injector',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.credential_injector.v3.CredentialInjector',
      overwrite: true,
      credential: {
        name: 'envoy.http.injected_credentials.generic',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.http.injected_credentials.generic.v3.Generic',
          credential: {
            name: 'xds-token',
            sds_config: {
              resource_api_version: 'V3',
              path_config_source: { path: `${trust}/${tokenSecretFile}` },
            },
          },
          header: 'authorization',
          header_value_prefix: 'Bearer ',
        },
      },
    },
  }
}

function transportSocket(trust: string) {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
      sni: controlPlaneName,
      common_tls_context: {
        alpn_protocols: ['h2'],
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' },
        // Read once, when the proxy starts: following it would cost two more of the inotify instances that a machine has
        // few of (128 a user), for a certificate that lives ten years. A new root is in force before the old one ends.
        validation_context: {
          trusted_ca: { filename: `${trust}/${rootCertificateFile}` },
          match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: controlPlaneName } }],
        },
      },
    },
  }
}
